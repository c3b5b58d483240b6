// SPDX-License-Identifier: GPL-3.0-or-later
// Every text that users can see has a finished German translation with the same placeholders, and no text of the sources was left out of
// the file.
#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QRegularExpression>
#include <QSet>
#include <QXmlStreamReader>
#include <QtTest>

namespace {

constexpr qsizetype kFewestMessages = 300;  // far fewer means that the file or the reader broke

// No raw strings here: moc does not read quotes inside them.
constexpr char kOneLiteral[] = "\"((?:[^\"\\\\]|\\\\.)*+)\"";
constexpr char kLiterals[] = "\\s*((?:\"(?:[^\"\\\\]|\\\\.)*+\"\\s*)+)";

struct Message {
    QString context;
    QString source;
    QStringList translations;  // one, or each plural form
    bool numerus = false;
    bool unfinished = false;
};

/// The messages of a .ts document; an XML error comes back in `problem`.
QVector<Message> readMessages(const QByteArray& document, QString& problem)
{
    QVector<Message> messages;
    QXmlStreamReader xml(document);
    QString context;
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement()) {
            continue;
        }
        const auto name = xml.name();
        if (name == QLatin1String("name")) {
            context = xml.readElementText();
        } else if (name == QLatin1String("message")) {
            messages.append({context, {}, {}, xml.attributes().value(QLatin1String("numerus")) == QLatin1String("yes"), false});
        } else if (name == QLatin1String("source") && !messages.isEmpty()) {
            messages.last().source = xml.readElementText();
        } else if (name == QLatin1String("translation") && !messages.isEmpty()) {
            messages.last().unfinished = xml.attributes().hasAttribute(QLatin1String("type"));
            if (!messages.last().numerus) {
                messages.last().translations.append(xml.readElementText());
            }
        } else if (name == QLatin1String("numerusform") && !messages.isEmpty()) {
            messages.last().translations.append(xml.readElementText());
        }
    }
    if (xml.hasError()) {
        problem = QStringLiteral("line %1: %2").arg(xml.lineNumber()).arg(xml.errorString());
    }
    return messages;
}

QSet<QString> placeholders(const QString& text)
{
    static const QRegularExpression kPlaceholder(QStringLiteral("%(?:L?[0-9]{1,2}|n)"));
    QSet<QString> found;
    for (auto each = kPlaceholder.globalMatch(text); each.hasNext();) {
        found.insert(each.next().captured());
    }
    return found;
}

/// What is wrong with a message, empty when nothing is. German and English both have a singular and a plural.
QString fault(const Message& message)
{
    const qsizetype forms = message.numerus ? 2 : 1;
    if (message.unfinished) {
        return QStringLiteral("is unfinished");
    }
    if (message.translations.size() != forms) {
        return QStringLiteral("has %1 forms, expected %2").arg(message.translations.size()).arg(forms);
    }
    for (const auto& translation : message.translations) {
        if (translation.trimmed().isEmpty()) {
            return QStringLiteral("is empty");
        }
        if (placeholders(translation) != placeholders(message.source)) {
            return QStringLiteral("has other placeholders: %1").arg(translation);
        }
    }
    return {};
}

/// The value of one or more adjacent C++ string literals.
QString literalValue(const QString& literals)
{
    static const QRegularExpression kLiteral(QString::fromLatin1(kOneLiteral));
    QString value;
    for (auto each = kLiteral.globalMatch(literals); each.hasNext();) {
        const QString body = each.next().captured(1);
        for (qsizetype i = 0; i < body.size(); ++i) {
            if (body[i] != QLatin1Char('\\') || i + 1 == body.size()) {
                value += body[i];
                continue;
            }
            const QChar escaped = body[++i];
            value += escaped == QLatin1Char('n') ? QLatin1Char('\n') : escaped == QLatin1Char('t') ? QLatin1Char('\t') : escaped;
        }
    }
    return value;
}

struct Marked {
    QString where;
    QString context;  // empty where the sources do not name it
    QString text;
};

/// Finds `opening` followed by string literals in all sources below a folder. Where `opening` captures a context, that is used; else
/// `context`.
QVector<Marked> markedTexts(const QString& folder, const QString& opening, const QString& context)
{
    const QRegularExpression pattern(opening + QString::fromLatin1(kLiterals));
    QVector<Marked> found;
    const QString root = QStringLiteral(TIMBERLINE_SOURCE_FOLDER "/");
    QDirIterator files(root + folder, {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly)) {
            continue;
        }
        const QString code = QString::fromUtf8(file.readAll());
        for (auto each = pattern.globalMatch(code); each.hasNext();) {
            const auto match = each.next();
            const bool named = match.lastCapturedIndex() > 1;
            const QString text = literalValue(match.captured(match.lastCapturedIndex()));
            if (!text.isEmpty()) {
                found.append({file.fileName().mid(root.size()), named ? match.captured(1) : context, text});
            }
        }
    }
    return found;
}

QVector<Message> fileMessages(const char* name, QString& problem)
{
    QFile file(QStringLiteral(TIMBERLINE_SOURCE_FOLDER "/translations/") + QLatin1String(name));
    if (!file.open(QIODevice::ReadOnly)) {
        problem = file.fileName() + QStringLiteral(": ") + file.errorString();
        return {};
    }
    return readMessages(file.readAll(), problem);
}

}  // namespace

class TestTranslation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void faultsAreSeen_data();
    void faultsAreSeen();
    void germanIsComplete();
    void englishHasEveryPlural();
    void sourceTextsAreInTheFile_data();
    void sourceTextsAreInTheFile();

private:
    QVector<Message> m_german;
    QHash<QString, QSet<QString>> m_contextsOf;  // source text -> contexts that hold it
};

void TestTranslation::initTestCase()
{
    QString problem;
    m_german = fileMessages("timberline_de.ts", problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    for (const auto& message : std::as_const(m_german)) {
        m_contextsOf[message.source].insert(message.context);
    }
}

void TestTranslation::faultsAreSeen_data()
{
    QTest::addColumn<QString>("attributes");
    QTest::addColumn<QString>("translation");
    QTest::addColumn<QString>("expected");
    const QString plain;
    const QString counted = QStringLiteral(" numerus=\"yes\"");
    QTest::newRow("a finished message passes") << plain << "<translation>Runde %1 von %2</translation>"
                                               << "";
    QTest::newRow("placeholders may change places") << plain << "<translation>von %2 Runde %1</translation>"
                                                    << "";
    QTest::newRow("an unfinished message fails") << plain << "<translation type=\"unfinished\">Runde %1 von %2</translation>"
                                                 << "is unfinished";
    QTest::newRow("a blank message fails") << plain << "<translation> </translation>"
                                           << "is empty";
    QTest::newRow("a lost placeholder fails") << plain << "<translation>Runde %1</translation>"
                                              << "has other placeholders";
    QTest::newRow("an added placeholder fails") << plain << "<translation>Runde %1 von %2 %n</translation>"
                                                << "has other placeholders";
    QTest::newRow("a missing translation fails") << plain << ""
                                                 << "has 0 forms";
    QTest::newRow("a lone plural form fails") << counted << "<translation><numerusform>%1 %2</numerusform></translation>"
                                              << "has 1 forms";
    QTest::newRow("a blank plural form fails") << counted
                                               << "<translation><numerusform>%1 %2</numerusform><numerusform></numerusform></translation>"
                                               << "is empty";
}

void TestTranslation::faultsAreSeen()
{
    QFETCH(QString, attributes);
    QFETCH(QString, translation);
    QFETCH(QString, expected);
    QString problem;
    const auto messages =
        readMessages(QStringLiteral("<TS><context><name>Bench</name><message%1><source>round %1 of %2</source>%3</message></context></TS>")
                         .replace(QLatin1String("<message%1>"), QStringLiteral("<message%1>").arg(attributes))
                         .replace(QLatin1String("%3"), translation)
                         .toUtf8(),
                     problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    QCOMPARE(messages.size(), 1);
    QCOMPARE(messages.front().context, QStringLiteral("Bench"));
    const QString found = fault(messages.front());
    QVERIFY2(expected.isEmpty() ? found.isEmpty() : found.startsWith(expected), qPrintable(found));
}

void TestTranslation::germanIsComplete()
{
    QStringList faults;
    for (const auto& message : std::as_const(m_german)) {
        const QString found = fault(message);
        if (!found.isEmpty()) {
            faults.append(QStringLiteral("[%1] \"%2\" %3").arg(message.context, message.source, found));
        }
    }
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
    QVERIFY2(m_german.size() >= kFewestMessages, qPrintable(QStringLiteral("only %1 messages").arg(m_german.size())));
}

void TestTranslation::englishHasEveryPlural()
{
    QString problem;
    const auto english = fileMessages("timberline_en.ts", problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    QSet<QString> counted;
    for (const auto& message : english) {
        QVERIFY2(fault(message).isEmpty(),
                 qPrintable(QStringLiteral("[%1] \"%2\" %3").arg(message.context, message.source, fault(message))));
        QVERIFY2(message.numerus, qPrintable(message.source));
        counted.insert(message.context + QLatin1Char('/') + message.source);
    }
    for (const auto& message : std::as_const(m_german)) {
        const bool held = !message.numerus || counted.contains(message.context + QLatin1Char('/') + message.source);
        QVERIFY2(held, qPrintable(QStringLiteral("[%1] \"%2\" has no English singular and plural").arg(message.context, message.source)));
    }
}

void TestTranslation::sourceTextsAreInTheFile_data()
{
    QTest::addColumn<QStringList>("folders");
    QTest::addColumn<QString>("opening");
    QTest::addColumn<QString>("context");
    QTest::addColumn<int>("fewest");
    const QStringList core{QStringLiteral("core")};
    const QStringList windows{QStringLiteral("app"), QStringLiteral("widgets")};
    QTest::newRow("texts of declarations in the core") << core << "\\bTIMBERLINE_TR\\("
                                                       << "core" << 80;
    QTest::newRow("units of hyperparameters") << core << "\\.unit\\s*="
                                              << "core" << 5;
    QTest::newRow("texts of windows and widgets") << windows << "(?<![A-Za-z0-9_])tr\\("
                                                  << "" << 180;
    QTest::newRow("texts marked with their context") << windows << "\\bQT_TRANSLATE_NOOP\\(\\s*\"([^\"]+)\"\\s*,"
                                                     << "" << 15;
    QTest::newRow("texts looked up with their context") << windows << "\\btranslate\\(\\s*\"([^\"]+)\"\\s*,"
                                                        << "" << 1;
}

void TestTranslation::sourceTextsAreInTheFile()
{
    QFETCH(QStringList, folders);
    QFETCH(QString, opening);
    QFETCH(QString, context);
    QFETCH(int, fewest);
    QStringList missing;
    qsizetype checked = 0;
    for (const auto& folder : folders) {
        const auto marks = markedTexts(folder, opening, context);
        checked += marks.size();
        for (const auto& mark : marks) {
            const auto contexts = m_contextsOf.value(mark.text);
            if (mark.context.isEmpty() ? contexts.isEmpty() : !contexts.contains(mark.context)) {
                missing.append(QStringLiteral("%1: [%2] \"%3\"").arg(mark.where, mark.context, mark.text));
            }
        }
    }
    missing.removeDuplicates();
    QVERIFY2(missing.isEmpty(), qPrintable(QStringLiteral("not in timberline_de.ts (run packaging/update-translations):\n") +
                                           missing.join(QLatin1Char('\n'))));
    QVERIFY2(checked >= fewest, qPrintable(QStringLiteral("only %1 texts found").arg(checked)));
}

QTEST_APPLESS_MAIN(TestTranslation)
#include "test_translation.moc"
