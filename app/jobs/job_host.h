// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cancel.h"
#include "core/base/ids.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/record/record.h"
#include "core/run/engine.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace timberline::app {

/// What a job may use on the worker thread.
struct JobContext {
    run::Engine& engine;
    const CancelToken& cancel;
    ProgressSink& sink;
    /// Runs a function on the GUI thread later, unless the host is gone or the request has become stale.
    std::function<void(std::function<void()>)> deliver;
    /// Runs the oldest queued request of a tag that is not under way, in place, if there is one: a job that stands still (a paused run)
    /// calls it again and again, so that it holds nobody up. The request may itself stand still and serve others.
    std::function<void()> serveOthers;
};
using Work = std::function<void(const JobContext&)>;

/// The one worker thread, its request queue and the inbox of events. The GUI thread never calls into the engine; it submits work.
/// Requests carry a tag: the newest of a tag replaces what is queued and cancels what runs, and answers of older ones are dropped.
/// GUI thread only, but for what runs inside jobs. The destructor cancels and joins.
class JobHost : public QObject
{
    Q_OBJECT
public:
    /// @param loader makes the engine on the worker thread.
    JobHost(std::function<Result<std::unique_ptr<run::Engine>>()> loader, QObject* parent = nullptr);
    ~JobHost() override;

    /// Starts the worker thread, which loads the engine first. The window calls it after its first paint: on two cores, loading libtorch
    /// beside the building of the window would delay what the user waits for. Later calls do nothing; requests may be queued before.
    void start();

    RequestId submit(const QString& tag, Work work);
    /// @return true when the request was still queued: it never ran and nothing will be delivered for it.
    bool cancel(const QString& tag);
    void cancelAll();
    [[nodiscard]] bool engineReady() const { return m_methods != nullptr; }
    /// Null until engineReady.
    [[nodiscard]] const MethodRegistry* methods() const { return m_methods; }
    /// True while anything is queued, running, or waiting in the inbox.
    [[nodiscard]] bool busy() const;

Q_SIGNALS:
    void engineLoaded();
    void engineFailed(const QString& message, const QString& hint);
    /// Events of the job with this tag, in order; at most one call a frame.
    void eventsArrived(const QString& tag, const std::vector<timberline::record::Event>& events);
    void noteArrived(const QString& note);
    void progressArrived(double fraction, const QString& what);
    void jobFinished(const QString& tag);

private:
    struct Request {
        RequestId id;
        QString tag;
        Work work;
        CancelToken cancel;
    };
    class Sink;
    struct Inbox;

    struct Running {
        QString tag;
        CancelToken cancel;
    };
    void workerLoop();
    /// Takes the oldest request whose tag is not under way. m_mutex is held.
    [[nodiscard]] bool takeNext(Request& out);
    void execute(run::Engine& engine, const Request& request);
    void serveOne(run::Engine& engine);
    /// Cancels what runs under the tag. m_mutex is held.
    void cancelRunning(const QString& tag);
    void drain();
    void scheduleDrain();
    [[nodiscard]] bool stale(const QString& tag, RequestId id) const;

    std::function<Result<std::unique_ptr<run::Engine>>()> m_loader;
    const MethodRegistry* m_methods = nullptr;
    std::shared_ptr<Inbox> m_inbox;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Request> m_queue;
    std::vector<Running> m_running;  ///< innermost last; more than one while a paused job lets others run
    bool m_stopping = false;
    std::uint64_t m_lastId = 0;
    std::vector<std::pair<QString, RequestId>> m_newest;  ///< per tag; guarded by m_mutex
    QTimer m_drainTimer;
    QElapsedTimer m_sinceDrain;
    std::thread m_thread;
};

}  // namespace timberline::app
