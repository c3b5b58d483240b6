// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/draft_answers.h"
#include "widgets/shared/view.h"

#include <QRectF>

#include <optional>

namespace timberline::widgets {

/// The certificate by enumeration: every small world as a tile (exact, wrong, or of a kind for which the rule promises nothing), and the
/// law that the chosen world emits as bars beside the target's. Arrow keys move over the tiles, Home and End to the first and last.
class CertificateView : public View
{
    Q_OBJECT
public:
    explicit CertificateView(QWidget* parent = nullptr);

    /// @param rule its title.  @param flaw what is wrong with a planted rule; empty for the rule in use.
    void setAnswer(record::Certificate answer, const QString& rule, const QString& flaw);
    void clear();
    void showWaiting();
    void showError(const QString& sentence, const QString& hint);
    [[nodiscard]] const std::optional<record::Certificate>& answer() const { return m_answer; }

    struct Tally {
        int promised = 0, passed = 0;      ///< worlds where the rule promises the target's law, and keeps it
        int lossy = 0, lossyExact = 0;     ///< worlds where it promises nothing
        double worst = 0, worstLossy = 0;  ///< total variation
    };
    [[nodiscard]] Tally tally() const;
    [[nodiscard]] int chosen() const { return m_chosen; }
    void choose(int world);
    [[nodiscard]] QString worldText(int world) const;
    [[nodiscard]] QStringList words() const;
    /// One sentence for a status line.
    [[nodiscard]] QString verdict() const;
    [[nodiscard]] static QString kindText(const std::string& kind);
    /// "a", "b" … for one token, "ab" for two. @param width tokens of the vocabulary.
    [[nodiscard]] static QString outcomeName(std::size_t index, std::size_t width, bool pairs);

    void paintContent(QPainter& painter, const QSizeF& size, const Theme& theme) const override;
    [[nodiscard]] QSizeF contentSize() const override { return {760, 340}; }
    [[nodiscard]] QSize sizeHint() const override { return {420, 240}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {220, 130}; }
    [[nodiscard]] QByteArray toCsv() const override;
    [[nodiscard]] QString summary() const override;

Q_SIGNALS:
    void chosenChanged(int world);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Tile {
        QRectF box;
        int world = 0;
        int row = 0;  ///< line of tiles; a kind has one or several
        int column = 0;
    };
    struct Places {
        QRectF words, tiles, bars;
        std::vector<Tile> all;
        std::vector<std::pair<QRectF, QString>> headings;
        double below = 0;  ///< where the tiles' legend begins
    };
    [[nodiscard]] Places placesOf(const QSizeF& size, const QFont& font) const;
    void paintTiles(QPainter& painter, const Places& places, const Theme& theme) const;
    void paintTile(QPainter& painter, const QRectF& box, const record::Certificate::World& world, const Theme& theme) const;

    std::optional<record::Certificate> m_answer;
    QString m_rule, m_flaw;
    int m_chosen = 0;
};

}  // namespace timberline::widgets
