#include "engine/app/run_launch_listen.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>

#include "engine/records/cmi5.h"

namespace shixun {

namespace {

struct Waiting {
  std::string own_address;  // 127.0.0.1:PORT
  std::mutex mutex;
  std::condition_variable came;
  std::string link;
  bool answered = false;  // the browser has its page
};

MHD_Result send(MHD_Connection* connection, unsigned status, const std::string& zh, const std::string& en) {
  const auto plain = [](const std::string& text) {  // as text in a page
    std::string out;
    for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    return out;
  };
  const std::string page = "<!doctype html><meta charset=\"utf-8\"><title>Shixun 实训</title><body style=\"font:18px sans-serif;margin:15vh auto;max-width:34em\"><p lang=\"zh-CN\">" +
                           plain(zh) + "</p><p lang=\"en\">" + plain(en) + "</p>\n";
  MHD_Response* response = MHD_create_response_from_buffer(page.size(), const_cast<char*>(page.data()), MHD_RESPMEM_MUST_COPY);
  if (!response) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/html; charset=utf-8");
  // The address holds a secret that is used once.
  MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
  const MHD_Result sent = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return sent;
}

MHD_Result add_parameter(void* link, MHD_ValueKind, const char* key, const char* value) {
  *static_cast<std::string*>(link) += percent_encoded(key) + "=" + percent_encoded(value ? value : "") + "&";
  return MHD_YES;
}

MHD_Result on_request(void* context, MHD_Connection* connection, const char* path, const char* method, const char*, const char*, size_t* size, void** state) {
  static char begun;
  if (!*state) {
    *state = &begun;
    return MHD_YES;
  }
  if (*size > 0) {  // nothing that is sent is read
    *size = 0;
    return MHD_YES;
  }
  auto& waiting = *static_cast<Waiting*>(context);
  const std::lock_guard lock(waiting.mutex);
  // A name that somebody else lets point here is not this machine's (DNS rebinding).
  const char* host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
  const bool own = host && (host == waiting.own_address || host == "localhost" + waiting.own_address.substr(waiting.own_address.find(':')));
  if (!own || std::strcmp(path, "/launch") != 0) return send(connection, 404, "这里没有内容。", "There is nothing here.");
  if (std::strcmp(method, "GET") != 0) return send(connection, 405, "只接受 GET。", "GET only.");
  std::string link = "shixun://launch?";
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, &add_parameter, &link);
  auto read = read_link(link);
  if (!read) return send(connection, 400, "这不是启动作业的链接。", "This is no link that launches an exercise: " + read.error().what + ".");
  if (const Status may = may_launch(*read); !may)
    return send(connection, 403, "学校没有准许这个平台在本机启动作业（config.yaml 的 lms）。", "The school does not let this LMS launch exercises here (lms in config.yaml).");
  if (!waiting.link.empty()) return send(connection, 409, "Shixun 已在打开另一份作业。", "Shixun is opening another exercise already.");
  waiting.link = std::move(link);
  return send(connection, 200, "作业正在 Shixun 中打开，可以关闭此页。", "The exercise opens in Shixun; this page can be closed.");
}

void on_completed(void* context, MHD_Connection*, void**, MHD_RequestTerminationCode) {
  auto& waiting = *static_cast<Waiting*>(context);
  const std::lock_guard lock(waiting.mutex);
  waiting.answered = !waiting.link.empty();
  waiting.came.notify_one();
}

}  // namespace

Result<std::string> wait_for_link(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Waiting waiting;
  std::unique_lock lock(waiting.mutex);
  const std::unique_ptr<MHD_Daemon, decltype(&MHD_stop_daemon)> daemon(
      MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, port, nullptr, nullptr, &on_request, &waiting, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT, 20u,
                       MHD_OPTION_CONNECTION_TIMEOUT, 15u, MHD_OPTION_NOTIFY_COMPLETED, &on_completed, &waiting, MHD_OPTION_END),
      &MHD_stop_daemon);
  if (!daemon) return Error{Code::kEnvironment, fmt::format("127.0.0.1:{}", port), "cannot be listened on", "Is the port free? Give --listen another one"};
  const MHD_DaemonInfo* bound = MHD_get_daemon_info(daemon.get(), MHD_DAEMON_INFO_BIND_PORT);
  waiting.own_address = fmt::format("127.0.0.1:{}", bound ? bound->port : port);
  fmt::print(stderr, "http://{}/launch\n", waiting.own_address);
  waiting.came.wait(lock, [&] { return waiting.answered; });
  std::string link = std::move(waiting.link);
  lock.unlock();  // the daemon's thread may want it while it ends
  return link;
}

}  // namespace shixun
