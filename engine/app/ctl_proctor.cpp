// shixunctl proctor: the desk of a person who watches assessments (engine/records/proctor.h).

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <iostream>
#include <map>
#include <memory>
#include <thread>

#include "engine/app/ctl.h"
#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/records/attempt.h"
#include "engine/records/clock.h"
#include "engine/records/human_marks.h"
#include "engine/records/pack_shelf.h"
#include "engine/records/proctor.h"
#include "engine/records/store.h"

namespace shixun {

namespace {

constexpr size_t kMaxRequest = 64u << 10;

struct Options {
  std::string by, listen = "127.0.0.1", cert, cert_key, passphrase_file, journal, pack, reason, lang = "zh-CN";
  uint16_t port = 8743;
  bool as_json = false;
  bool zh() const { return lang != "en"; }
};

std::atomic<bool> interrupted{false};

// The evaluator key of the person, on this machine.
Result<PrivateKey> key_of(const std::string& by, const std::string& passphrase_file) {
  auto keys = read_keys();
  if (!keys) return keys.error();
  const KnownKey* own = own_key(*keys, KeyRole::kEvaluator, by);
  if (!own) return Error{Code::kFailed, "--by", "there is no evaluator key '" + by.substr(0, 64) + "' on this machine", "shixunctl keys create evaluator --name " + by.substr(0, 64)};
  return unlock(*own, passphrase_file);
}

// ---------------------------------------------------------------- serve

MHD_Result send(MHD_Connection* connection, const ProctorDesk::Reply& reply) {
  MHD_Response* response = MHD_create_response_from_buffer(reply.body.size(), const_cast<char*>(reply.body.data()), MHD_RESPMEM_MUST_COPY);
  if (!response) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply.status == 200 ? "application/jose" : "text/plain; charset=utf-8");
  const MHD_Result sent = MHD_queue_response(connection, reply.status, response);
  MHD_destroy_response(response);
  return sent;
}

MHD_Result on_request(void* desk, MHD_Connection* connection, const char*, const char* method, const char*, const char* data, size_t* size, void** state) {
  if (!*state) {
    *state = new std::string;
    return MHD_YES;
  }
  auto& body = *static_cast<std::string*>(*state);
  if (*size > 0) {
    if (body.size() <= kMaxRequest) body.append(data, std::min(*size, kMaxRequest + 1 - body.size()));  // beyond: read and dropped
    *size = 0;
    return MHD_YES;
  }
  if (std::string_view(method) != "POST") return send(connection, {405, "POST only\n"});
  if (body.size() > kMaxRequest) return send(connection, {413, "too long\n"});
  return send(connection, static_cast<ProctorDesk*>(desk)->answer(body));
}

void on_completed(void*, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
  delete static_cast<std::string*>(*state);
  *state = nullptr;
}

int serve(const Options& o) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(o.port);
  if (inet_pton(AF_INET, o.listen.c_str(), &address.sin_addr) != 1) return report({Code::kUsage, "--listen", "'" + o.listen.substr(0, 64) + "' is no IPv4 address", "Such as 0.0.0.0 for every network of this machine"});
  const bool tls = !o.cert.empty();
  if (!tls && !o.listen.starts_with("127.")) return report({Code::kUsage, "--listen", "without a certificate the desk answers this machine only", "Give --cert and --cert-key"});
  std::string cert, cert_key;
  if (tls) {
    struct stat st {};
    if (stat(o.cert_key.c_str(), &st) == 0 && (st.st_mode & 077) != 0) return report({Code::kEnvironment, o.cert_key, "holds a private key but can be read by others", "chmod 600 it"});
    for (const auto& [file, to] : {std::pair(&o.cert, &cert), std::pair(&o.cert_key, &cert_key)}) {
      auto bytes = read_file(*file, 1u << 20);
      if (!bytes) return report(bytes.error());
      *to = std::move(*bytes);
    }
  }
  auto key = key_of(o.by, o.passphrase_file);
  if (!key) return report(key.error());
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  const bool zh = o.zh();
  auto desk = ProctorDesk::open(proctor_log(), *key, std::move(*keys), [zh](const AssessmentToken& t) {
    fmt::print(fmt::runtime(zh ? "{}  开始：考试 {}，考生 {}，{}，作业 {}\n" : "{}  begins: exam {}, candidate {}, {}, attempt {}\n"), format_utc(utc_now_ms()), t.exam, t.candidate, t.exercise, attempt_of_token(t));
    std::fflush(stdout);
  });
  if (!desk) return report(desk.error());
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  const unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | (tls ? MHD_USE_TLS : MHD_NO_FLAG);
  const std::vector<MHD_OptionItem> options = [&] {
    std::vector<MHD_OptionItem> all = {{MHD_OPTION_SOCK_ADDR, 0, &address}, {MHD_OPTION_CONNECTION_LIMIT, 500, nullptr}, {MHD_OPTION_CONNECTION_TIMEOUT, 15, nullptr},
                                       {MHD_OPTION_NOTIFY_COMPLETED, reinterpret_cast<intptr_t>(&on_completed), nullptr}};
    if (tls) {
      all.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, cert.data()});
      all.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, cert_key.data()});
      all.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>("NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2")});
    }
    all.push_back({MHD_OPTION_END, 0, nullptr});
    return all;
  }();
  MHD_Daemon* daemon = MHD_start_daemon(flags, o.port, nullptr, nullptr, &on_request, desk->get(), MHD_OPTION_ARRAY, options.data(), MHD_OPTION_END);
  if (!daemon) return report({Code::kEnvironment, fmt::format("{}:{}", o.listen, o.port), "the desk cannot open", tls ? "Is the port free, and are certificate and key a pair (PEM)?" : "Is the port free?"});
  fmt::print(fmt::runtime(zh ? "监考台已开放：{}://{}:{}/，监考员 {}，密钥 {}。Ctrl-C 结束\n" : "The desk is open: {}://{}:{}/, proctor {}, key {}. Ctrl-C ends it\n"), tls ? "https" : "http", o.listen, o.port, o.by, key->public_key().id());
  std::fflush(stdout);
  while (!interrupted) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  MHD_stop_daemon(daemon);
  return 0;
}

// ---------------------------------------------------------------- list, sign

int list(const Options& o) {
  auto log = read_proctor_log(proctor_log());
  if (!log) return report(log.error());
  struct Seen {
    std::string first, last;
    int64_t longest_ms = 0;
    int answers = 0;
  };
  std::map<std::string, Seen> all;
  for (const ProctorAnswer& a : *log) {
    Seen& s = all[a.attempt];
    if (s.answers++ == 0) s.first = a.at_utc;
    else s.longest_ms = std::max(s.longest_ms, *parse_utc(a.at_utc) - *parse_utc(s.last));
    s.last = a.at_utc;
  }
  nlohmann::json told = nlohmann::json::array();
  for (const auto& [attempt, s] : all) {
    told.push_back({{"attempt", attempt}, {"answers", s.answers}, {"first_utc", s.first}, {"last_utc", s.last}, {"longest_gap_ms", s.longest_ms}});
    if (!o.as_json) fmt::print(fmt::runtime(o.zh() ? "{}  应答 {} 次，{} 至 {}，最长间隔 {} 秒\n" : "{}  {} answers, {} to {}, longest gap {} s\n"), attempt, s.answers, s.first, s.last, (s.longest_ms + 999) / 1000);
  }
  if (o.as_json) fmt::print("{}\n", canonical({{"attempts", told}}));
  return 0;
}

// The person's word. His desk's log must have what the journal has.
int sign(const Options& o) {
  fs::path path = o.journal;
  if (is_uuid(o.journal)) {
    auto store = RecordStore::open(places().data);
    if (!store) return report(store.error());
    path = store->journal_path(o.journal);
  }
  auto journal = read_journal(path);
  if (!journal) return report(journal.error());
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  const auto no = [&](std::string what, std::string hint = "") { return report({Code::kFailed, path.string(), std::move(what), std::move(hint)}); };
  if (!journal->footer) return no("is not closed yet");
  if (journal->header.token.empty()) return no("was not begun with an assessment token");
  auto token = read_token(journal->header.token, path.string(), *keys);
  if (!token) return report(token.error());
  if (!token->proctor) return no("its token names no proctor");
  auto key = key_of(o.by, o.passphrase_file);
  if (!key) return report(key.error());
  if (token->proctor->kid != key->public_key().id()) return no("its token names another proctor's key: " + token->proctor->kid);
  auto log = read_proctor_log(proctor_log());
  if (!log) return report(log.error());
  std::vector<ProctorAnswer> answers;
  for (const JournalAnswer& a : journal->answers) {
    auto answer = read_answer(a.text, token->proctor->kid, path.string() + ":" + std::to_string(a.line));
    if (!answer) return report(answer.error());
    if (std::find(log->begin(), log->end(), *answer) == log->end()) return no("this desk's log does not have the answer in line " + std::to_string(a.line), "Sign where the desk was");
    answers.push_back(std::move(*answer));
  }
  if (const auto gap = uncovered(*journal, answers, *token->proctor)) return no("the answers do not cover it: " + gap->en);
  auto found = PackShelf(o.pack).get(journal->header, path.string());
  if (!found) return report(found.error());
  MarkRecord r;
  r.kind = MarkRecord::Kind::kWatched;
  r.by = o.by;
  r.reason = o.reason;
  auto added = add_mark(*found->pack, *found->exercise, path, std::move(r), &*key);
  if (!added) return report(added.error());
  fmt::print(fmt::runtime(o.zh() ? "{} 已签名：看着考生完成作业 {}（{} 次应答）\n" : "{} has signed that the attempt {} was watched ({} answers)\n"), o.by, journal->header.attempt, answers.size());
  return 0;
}

}  // namespace

void add_proctor(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<Options>();
  auto* cmd = app.add_subcommand("proctor", "The desk of a person who watches assessments: it answers the stations every half minute, and the person signs at the end");
  cmd->require_subcommand(1);
  const auto person = [&](CLI::App* c) {
    c->add_option("--by", o->by, "The proctor's pseudonym, whose evaluator key is here and in the tokens")->required();
    add_passphrase_file(c, o->passphrase_file);
    add_lang(c, o->lang);
  };
  auto* c = cmd->add_subcommand("serve", "Open the desk, until interrupted");
  person(c);
  c->add_option("--listen", o->listen, "IPv4 address to answer on (default: 127.0.0.1, this machine only)");
  c->add_option("--port", o->port, "Port (default: 8743)");
  auto* cert = c->add_option("--cert", o->cert, "Its TLS certificate, PEM; without one only this machine is answered");
  c->add_option("--cert-key", o->cert_key, "and the certificate's private key, PEM, mode 0600")->needs(cert);
  cert->needs(c->get_option("--cert-key"));
  c->callback([=, &exit_code] { exit_code = serve(*o); });
  c = cmd->add_subcommand("list", "What this desk has answered");
  add_lang(c, o->lang);
  c->add_flag("--json", o->as_json, "Print one JSON object");
  c->callback([=, &exit_code] { exit_code = list(*o); });
  c = cmd->add_subcommand("sign", "Say that you watched an attempt from its beginning to its end; where the desk was");
  c->add_option("journal", o->journal, "A journal file, or an attempt's id on this machine")->required();
  person(c);
  c->add_option("--reason", o->reason, "A remark, one line");
  c->add_option("--pack", o->pack, "The pack it was made with: a folder or a .shixun file (default: found by the name in the journal)");
  c->callback([=, &exit_code] { exit_code = sign(*o); });
}

}  // namespace shixun
