// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_host.h"

#include <algorithm>
#include <exception>

namespace timberline::app {

namespace {
constexpr int kFrameMilliseconds = 16;
}

/// What the worker leaves for the GUI thread. Shared, so that a late delivery after the host's end finds a home and is dropped.
struct JobHost::Inbox {
    struct Item {
        QString tag = {};
        RequestId id = {};
        std::vector<record::Event> events = {};
        std::function<void()> call = {};
        QString note = {};
        double fraction = -1;
        QString what = {};
        bool finished = false;
        bool anyTag = false;  ///< delivered even when a newer request of the tag exists
    };
    std::mutex mutex;
    std::vector<Item> items;
    bool posted = false;
    JobHost* host = nullptr;

    void put(Item item)
    {
        const std::scoped_lock lock(mutex);
        // Consecutive events of one job become one batch: one signal a frame, not one a token.
        if (!item.events.empty() && !items.empty() && items.back().id == item.id && !items.back().events.empty()) {
            std::move(item.events.begin(), item.events.end(), std::back_inserter(items.back().events));
        } else {
            items.push_back(std::move(item));
        }
        if (!posted && host != nullptr) {
            posted = true;
            QMetaObject::invokeMethod(host, &JobHost::scheduleDrain, Qt::QueuedConnection);
        }
    }
};

class JobHost::Sink final : public ProgressSink
{
public:
    Sink(std::shared_ptr<Inbox> inbox, QString tag, RequestId id) : m_inbox(std::move(inbox)), m_tag(std::move(tag)), m_id(id) {}

    void on_event(const record::Event& event) override { m_inbox->put({.tag = m_tag, .id = m_id, .events = {event}}); }
    void on_note(const std::string& note) override { m_inbox->put({.tag = m_tag, .id = m_id, .note = QString::fromStdString(note)}); }
    void on_progress(double fraction, const std::string& what) override
    {
        m_inbox->put({.tag = m_tag, .id = m_id, .fraction = fraction, .what = QString::fromStdString(what)});
    }

private:
    std::shared_ptr<Inbox> m_inbox;
    QString m_tag;
    RequestId m_id;
};

JobHost::JobHost(std::function<Result<std::unique_ptr<run::Engine>>()> loader, QObject* parent)
    : QObject(parent), m_loader(std::move(loader)), m_inbox(std::make_shared<Inbox>())
{
    m_inbox->host = this;
    m_drainTimer.setSingleShot(true);
    connect(&m_drainTimer, &QTimer::timeout, this, &JobHost::drain);
    m_sinceDrain.start();
}

void JobHost::start()
{
    if (!m_thread.joinable()) {
        m_thread = std::thread([this] { workerLoop(); });
    }
}

JobHost::~JobHost()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_stopping = true;
        m_queue.clear();
        for (auto& running : m_running) {
            running.cancel.cancel();
        }
    }
    m_wake.notify_all();
    if (m_thread.joinable()) {
        m_thread.join();
    }
    const std::scoped_lock lock(m_inbox->mutex);
    m_inbox->host = nullptr;
}

RequestId JobHost::submit(const QString& tag, Work work)
{
    const std::scoped_lock lock(m_mutex);
    const RequestId id{++m_lastId};
    std::erase_if(m_queue, [&](const Request& request) { return request.tag == tag; });
    cancelRunning(tag);
    m_queue.push_back({id, tag, std::move(work), {}});
    const auto it = std::find_if(m_newest.begin(), m_newest.end(), [&](const auto& entry) { return entry.first == tag; });
    if (it == m_newest.end()) {
        m_newest.emplace_back(tag, id);
    } else {
        it->second = id;
    }
    m_wake.notify_all();
    return id;
}

bool JobHost::cancel(const QString& tag)
{
    const std::scoped_lock lock(m_mutex);
    const bool queued = std::erase_if(m_queue, [&](const Request& request) { return request.tag == tag; }) > 0;
    cancelRunning(tag);
    return queued;
}

void JobHost::cancelRunning(const QString& tag)
{
    for (auto& running : m_running) {
        if (running.tag == tag) {
            running.cancel.cancel();
        }
    }
}

void JobHost::cancelAll()
{
    const std::scoped_lock lock(m_mutex);
    m_queue.clear();
    for (auto& running : m_running) {
        running.cancel.cancel();
    }
}

bool JobHost::busy() const
{
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_running.empty() || !m_queue.empty()) {
            return true;
        }
    }
    const std::scoped_lock lock(m_inbox->mutex);
    return !m_inbox->items.empty();
}

bool JobHost::stale(const QString& tag, RequestId id) const
{
    const std::scoped_lock lock(m_mutex);
    const auto it = std::find_if(m_newest.begin(), m_newest.end(), [&](const auto& entry) { return entry.first == tag; });
    return it != m_newest.end() && index_of(id) < index_of(it->second);
}

void JobHost::workerLoop()
{
    auto loaded = m_loader();
    std::unique_ptr<run::Engine> engine;
    if (loaded.ok()) {
        engine = std::move(loaded).value();
        const MethodRegistry* methods = &engine->methods();
        m_inbox->put({.call =
                          [this, methods] {
                              m_methods = methods;
                              Q_EMIT engineLoaded();
                          },
                      .anyTag = true});
    } else {
        const Error error = loaded.error();
        m_inbox->put(
            {.call = [this, error] { Q_EMIT engineFailed(QString::fromStdString(error.message), QString::fromStdString(error.hint)); },
             .anyTag = true});
        return;
    }
    for (;;) {
        Request request;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
            if (m_stopping || !takeNext(request)) {
                break;
            }
        }
        execute(*engine, request);
    }
    // The engine must go before libtorch's own thread-local state of this thread does.
    engine.reset();
}

bool JobHost::takeNext(Request& out)
{
    const auto next = std::find_if(m_queue.begin(), m_queue.end(), [this](const Request& request) {
        return std::none_of(m_running.begin(), m_running.end(), [&](const Running& running) { return running.tag == request.tag; });
    });
    if (next == m_queue.end()) {
        return false;
    }
    out = std::move(*next);
    m_queue.erase(next);
    m_running.push_back({out.tag, out.cancel});
    return true;
}

void JobHost::execute(run::Engine& engine, const Request& request)
{
    Sink sink(m_inbox, request.tag, request.id);
    const auto deliver = [inbox = m_inbox, tag = request.tag, id = request.id](std::function<void()> call) {
        inbox->put({.tag = tag, .id = id, .call = std::move(call)});
    };
    try {
        request.work({engine, request.cancel, sink, deliver, [this, &engine] { serveOne(engine); }});
    } catch (const std::exception& failure) {
        // The engine turns its own failures into errors; this is the last net under a job.
        m_inbox->put({.tag = request.tag, .id = request.id, .note = QString::fromUtf8(failure.what())});
    }
    m_inbox->put({.tag = request.tag, .id = request.id, .finished = true});
    const std::scoped_lock lock(m_mutex);
    m_running.pop_back();
}

void JobHost::serveOne(run::Engine& engine)
{
    Request request;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_stopping || !takeNext(request)) {
            return;
        }
    }
    execute(engine, request);
}

void JobHost::scheduleDrain()
{
    const qint64 since = m_sinceDrain.elapsed();
    m_drainTimer.start(static_cast<int>(std::max<qint64>(0, kFrameMilliseconds - since)));
}

void JobHost::drain()
{
    std::vector<Inbox::Item> items;
    {
        const std::scoped_lock lock(m_inbox->mutex);
        items.swap(m_inbox->items);
        m_inbox->posted = false;
    }
    m_sinceDrain.restart();
    for (auto& item : items) {
        if (!item.anyTag && stale(item.tag, item.id)) {
            continue;
        }
        if (!item.events.empty()) {
            Q_EMIT eventsArrived(item.tag, item.events);
        }
        if (!item.note.isEmpty()) {
            Q_EMIT noteArrived(item.note);
        }
        if (!item.what.isEmpty()) {
            Q_EMIT progressArrived(item.fraction, item.what);
        }
        if (item.call) {
            item.call();
        }
        if (item.finished) {
            Q_EMIT jobFinished(item.tag);
        }
    }
}

}  // namespace timberline::app
