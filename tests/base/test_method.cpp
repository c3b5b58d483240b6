// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/method.h"

#include <QtTest>

#include <stdexcept>

using namespace timberline;

class TestMethod : public QObject
{
    Q_OBJECT

    static MethodInfo info(const char* id, const char* family)
    {
        MethodInfo out;
        out.id = id;
        out.family = family;
        return out;
    }

    static MethodRegistry example()
    {
        MethodRegistry registry;
        registry.add(info("draft-model-chain", "drafter"), 1);
        registry.add(info("draft-model-tree", "drafter"), 2);
        registry.add(info("fixed", "decode controller"), 3);
        return registry;
    }

private Q_SLOTS:
    void findsByFamilyAndId()
    {
        const MethodRegistry registry = example();
        const auto found = registry.find("drafter", "draft-model-tree");
        QVERIFY(found.ok());
        QCOMPARE(std::any_cast<int>((*found)->factory), 2);
        QCOMPARE(registry.entries().size(), std::size_t{3});
        const auto drafters = registry.family("drafter");
        QCOMPARE(drafters.size(), std::size_t{2});
        QCOMPARE(drafters.front()->info.id, std::string("draft-model-chain"));
        QVERIFY(registry.family("probe").empty());
    }

    void errorsNameTheNearest_data()
    {
        QTest::addColumn<QString>("family");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("hint");
        QTest::addRow("misspelled id") << "drafter"
                                       << "draft-model-tre"
                                       << "drafter 'draft-model-tre' does not exist"
                                       << "did you mean 'draft-model-tree'?";
        QTest::addRow("id of nothing") << "drafter"
                                       << "xyz"
                                       << "drafter 'xyz' does not exist"
                                       << "valid: draft-model-chain, draft-model-tree";
        QTest::addRow("id of another family") << "drafter"
                                              << "fixed"
                                              << "drafter 'fixed' does not exist"
                                              << "'fixed' belongs to the family decode controller";
        QTest::addRow("family without methods") << "probe"
                                                << "zzz"
                                                << "probe 'zzz' does not exist"
                                                << "";
        QTest::addRow("misspelled family") << "draftr"
                                           << "fixed"
                                           << "method family 'draftr' does not exist"
                                           << "did you mean 'drafter'?";
    }
    void errorsNameTheNearest()
    {
        QFETCH(QString, family);
        QFETCH(QString, id);
        QFETCH(QString, message);
        QFETCH(QString, hint);
        const MethodRegistry registry = example();
        const auto found = registry.find(family.toStdString(), id.toStdString());
        QVERIFY(!found.ok());
        QVERIFY(found.error().code == ErrorCode::NotFound);
        QCOMPARE(QString::fromStdString(found.error().message), message);
        QCOMPARE(QString::fromStdString(found.error().hint), hint);
    }

    void wrongRegistrationsFailAtOnce()
    {
        MethodRegistry registry = example();
        QVERIFY_EXCEPTION_THROWN(registry.add(info("fixed", "decode controller"), 0), std::logic_error);
        QVERIFY_EXCEPTION_THROWN(registry.add(info("fixed", "drafters"), 0), std::logic_error);
        registry.add(info("fixed", "schedule"), 0); // ids need only differ within a family
        QCOMPARE(registry.entries().size(), std::size_t{4});
    }
};

QTEST_APPLESS_MAIN(TestMethod)
#include "test_method.moc"
