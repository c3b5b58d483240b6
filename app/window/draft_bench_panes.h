// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/draft_questions.h"
#include "widgets/draft/layer_drafts_view.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QTableWidget;
class QTabWidget;

namespace timberline::widgets {
class CertificateView;
class FirstTokensView;
}  // namespace timberline::widgets

/// The questions of the Draft bench: a tab each, beside text and plots.
namespace timberline::app {

/// The break-even map with its width, and the measurement that it wants.
class BreakEvenPane : public QWidget
{
    Q_OBJECT
public:
    explicit BreakEvenPane(const BenchContext& context, QWidget* parent = nullptr);
    [[nodiscard]] widgets::BreakEvenView* view() const { return m_view; }
    [[nodiscard]] QPushButton* measureButton() const { return m_measure; }
    [[nodiscard]] QComboBox* widthBox() const { return m_width; }

private:
    void refresh();
    BenchContext m_context;
    widgets::BreakEvenView* m_view;
    QComboBox* m_width;
    QPushButton* m_measure;
};

/// Every layer as a drafter: asked on demand, kept as long as the text that was judged is shown, also while a cell of it is run.
class LayersPane : public QWidget
{
    Q_OBJECT
public:
    LayersPane(const BenchContext& context, DraftQuestions* questions, QWidget* parent = nullptr);
    [[nodiscard]] widgets::LayerDraftsView* view() const { return m_view; }
    [[nodiscard]] QPushButton* askButton() const { return m_ask; }
    [[nodiscard]] QComboBox* valueBox() const { return m_value; }
    /// Asks unless an answer is there or under way.
    void ask();
    /// Sets self-speculation with this exit and length, and runs it.
    void runCell(int layer, int length);

private:
    void stop();
    void refresh();
    void dropStale();
    BenchContext m_context;
    DraftQuestions* m_questions;
    widgets::LayerDraftsView* m_view;
    QComboBox* m_value;
    QPushButton* m_ask;
    QLabel* m_note;
    bool m_running = false;
    std::string m_model;            ///< whose text was judged
    std::vector<TokenId> m_judged;  ///< prompt and generated tokens
};

/// Is the method exact? Greedy text against plain decoding, every draw of the rule on small worlds, first tokens against the target's law.
class ExactnessPane : public QWidget
{
    Q_OBJECT
public:
    ExactnessPane(const BenchContext& context, DraftQuestions* questions, QWidget* parent = nullptr);
    [[nodiscard]] widgets::CertificateView* certificate() const { return m_certificate; }
    [[nodiscard]] widgets::FirstTokensView* firstTokens() const { return m_firstTokens; }
    [[nodiscard]] QPushButton* measureButton() const { return m_measure; }
    [[nodiscard]] QPushButton* enumerateButton() const { return m_enumerate; }
    [[nodiscard]] QPushButton* drawButton() const { return m_draw; }
    [[nodiscard]] QComboBox* ruleBox() const { return m_rule; }
    [[nodiscard]] QComboBox* drawsBox() const { return m_draws; }
    [[nodiscard]] QTableWidget* table() const { return m_table; }
    [[nodiscard]] QString greedyText() const;
    void enumerate();
    void drawTokens();

private:
    QWidget* buildChecks();
    QWidget* buildAnswers();
    void stopDrawing();
    void showCertificate(const record::Block& block, const QString& flaw, const run::Config& asked);
    void fillTable();
    void refresh();
    [[nodiscard]] QString ruleTitle(const std::string& id) const;

    BenchContext m_context;
    DraftQuestions* m_questions;
    widgets::CertificateView* m_certificate;
    widgets::FirstTokensView* m_firstTokens;
    QTableWidget* m_table;
    QTabWidget* m_answers;
    QLabel* m_greedy;
    QLabel* m_worlds;
    QLabel* m_law;
    QPushButton* m_measure;
    QPushButton* m_enumerate;
    QPushButton* m_draw;
    QComboBox* m_rule;
    QComboBox* m_draws;
    bool m_enumerating = false;
    run::MethodChoice m_certified;  ///< the rule with its values that the shown certificate is about
    bool m_drawing = false;
    std::optional<run::Config> m_drawnWith;
};

}  // namespace timberline::app
