#include "serve/control.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "store/lend.h"

namespace teiten {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Unix = asio::local::stream_protocol;

/// How long a command may take to say what it wants.
constexpr auto kLineTime = std::chrono::seconds(5);

class Control;

class Borrowing : public std::enable_shared_from_this<Borrowing> {
 public:
  Borrowing(Control& control, Unix::socket socket);
  ~Borrowing();
  Borrowing(const Borrowing&) = delete;
  Borrowing& operator=(const Borrowing&) = delete;

  void start();
  void close() {
    error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
  }

 private:
  void on_line(const error_code& error);
  void lend(StoreMode mode, std::string_view name);
  void answer(std::string text);
  void wait_for_end();
  int pid() const;

  Control& control_;
  Unix::socket socket_;
  asio::steady_timer timer_;
  std::string text_;
  std::string answer_;
  std::array<char, 64> after_{};
  std::uint64_t loan_ = 0;
};

class Control final : public ControlSocket {
 public:
  Control(asio::io_context& io, int listening, Committer& committer,
          std::function<std::string()> status)
      : io_(io),
        acceptor_(io, Unix(), listening),
        committer_(committer),
        status_(std::move(status)) {
    accept();
  }
  ~Control() override {
    stop();
    constexpr int kRounds = 1000;
    for (int i = 0; i < kRounds && !open_.empty(); ++i) {
      for (Borrowing* one : open_)
        one->close();
      io_.restart();
      io_.run_for(std::chrono::milliseconds(1));
    }
  }
  void stop() override {
    error_code ignored;
    acceptor_.close(ignored);
  }

  Committer& committer() { return committer_; }
  asio::io_context& io() { return io_; }
  std::string status() const { return status_(); }
  void add(Borrowing* one) { open_.insert(one); }
  void remove(Borrowing* one) { open_.erase(one); }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, Unix::socket socket) {
      if (error == asio::error::operation_aborted) return;  // this may be gone
      // Past the limit it is closed: the command finds the store locked and says so.
      if (!error && open_.size() < kMaxControlConnections)
        std::make_shared<Borrowing>(*this, std::move(socket))->start();
      accept();
    });
  }

  asio::io_context& io_;
  Unix::acceptor acceptor_;
  Committer& committer_;
  std::function<std::string()> status_;
  std::set<Borrowing*> open_;
};

Borrowing::Borrowing(Control& control, Unix::socket socket)
    : control_(control), socket_(std::move(socket)), timer_(control.io()) {
  control_.add(this);
}

Borrowing::~Borrowing() {
  if (loan_ != 0) control_.committer().give_back(loan_);
  control_.remove(this);
}

void Borrowing::start() {
  timer_.expires_after(kLineTime);
  timer_.async_wait([weak = weak_from_this()](const error_code& stopped) {
    const auto self = weak.lock();
    if (!stopped && self) self->close();
  });
  asio::async_read_until(
      socket_, asio::dynamic_buffer(text_, kMaxControlLineBytes), '\n',
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_line(error); });
}

int Borrowing::pid() const {
  ucred peer{};
  socklen_t size = sizeof peer;
  const int fd = const_cast<Unix::socket&>(socket_).native_handle();
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

void Borrowing::on_line(const error_code& error) {
  timer_.cancel();
  if (error) return;
  const std::string_view line = std::string_view(text_).substr(0, text_.find('\n'));
  constexpr std::string_view kRead = "lend read ";
  constexpr std::string_view kWrite = "lend write ";
  if (line == "status") {
    answer(control_.status() + "\n");
  } else if (line.starts_with(kRead)) {
    lend(StoreMode::read, line.substr(kRead.size()));
  } else if (line.starts_with(kWrite)) {
    lend(StoreMode::write, line.substr(kWrite.size()));
  } else {
    answer("error: lend read NAME, lend write NAME and status are all there is\n");
  }
}

void Borrowing::answer(std::string text) {
  answer_ = std::move(text);
  timer_.expires_after(kLineTime);
  timer_.async_wait([weak = weak_from_this()](const error_code& stopped) {
    const auto self = weak.lock();
    if (!stopped && self) self->close();
  });
  asio::async_write(
      socket_, asio::buffer(answer_),
      [self = shared_from_this()](const error_code&, std::size_t) { self->timer_.cancel(); });
}

void Borrowing::lend(StoreMode mode, std::string_view name) {
  std::string clean;
  for (const char c : name)
    clean += (c >= 'a' && c <= 'z') || c == '-' ? c : '?';
  loan_ =
      control_.committer().borrow(mode, fmt::format("{} (process {})", clean, pid()),
                                  [&control = control_, weak = weak_from_this()] {
                                    asio::post(control.io(), [weak] {
                                      const auto self = weak.lock();
                                      if (!self) return;
                                      self->answer_ = "lent\n";
                                      asio::async_write(self->socket_, asio::buffer(self->answer_),
                                                        [self](const error_code&, std::size_t) {});
                                    });
                                  });
  wait_for_end();
}

/// The loan lasts as long as the connection: this holds the object until then.
void Borrowing::wait_for_end() {
  socket_.async_read_some(asio::buffer(after_),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            if (!error) self->wait_for_end();
                          });
}

}  // namespace

std::unique_ptr<ControlSocket> ControlSocket::serve(asio::io_context& io, int listening,
                                                    Committer& committer,
                                                    std::function<std::string()> status) {
  return std::make_unique<Control>(io, listening, committer, std::move(status));
}

}  // namespace teiten
