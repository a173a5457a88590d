#include "engine/records/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace shixun {

namespace {

// libcurl wants its global state made once, before any handle.
bool curl_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

size_t keep_body(char* data, size_t size, size_t count, void* user) {
  auto& body = *static_cast<std::string*>(user);
  const size_t n = size * count;
  // Beyond the limit the rest is read and dropped: the status counts, not the talk.
  if (body.size() < kMaxAnswerBytes) body.append(data, std::min(n, kMaxAnswerBytes - body.size()));
  return n;
}

HttpAnswer::Kind kind_of(CURLcode code, const char* words) {
  switch (code) {
    case CURLE_OK: return HttpAnswer::Kind::kAnswer;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT: return HttpAnswer::Kind::kNone;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return HttpAnswer::Kind::kTls;
    case CURLE_SSL_CONNECT_ERROR:  // a line that broke during the handshake says nothing about trust
      return std::strstr(words, "reset by peer") || std::strstr(words, "SYSCALL") ? HttpAnswer::Kind::kBroken : HttpAnswer::Kind::kTls;
    default: return HttpAnswer::Kind::kBroken;
  }
}

}  // namespace

struct HttpClient::Impl {
  CURL* curl = nullptr;
  curl_slist* headers = nullptr;
  std::string url, ca_file;
  bool plain = false;
  HttpTimeouts timeouts;

  HttpAnswer perform(const std::string& path, const std::string* post, const std::string& content_type = "") {
    HttpAnswer answer;
    if (!curl || !headers) {
      answer.why = "libcurl cannot be started";
      return answer;
    }
    std::array<char, CURL_ERROR_SIZE> words{};
    curl_easy_reset(curl);  // keeps the connection
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words.data());
    curl_easy_setopt(curl, CURLOPT_URL, (url + path).c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
    if (plain) curl_easy_setopt(curl, CURLOPT_PROXY, "");  // "to this machine only" must not mean "to a proxy, in clear"
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeouts.total_ms + static_cast<long>(post ? post->size() / 16 : 0));  // at least 16 kB/s
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "shixun/" SHIXUN_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    // The headers of every request, and the type of this one's body before them.
    const std::string type = "Content-Type: " + content_type;
    curl_slist typed{const_cast<char*>(type.c_str()), headers};
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, post ? &typed : headers);
    if (post) {
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->data());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post->size()));
    }
    const CURLcode code = curl_easy_perform(curl);
    answer.kind = kind_of(code, words.data());
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    if (code == CURLE_OK && answer.status == 0) answer.kind = HttpAnswer::Kind::kBroken;  // an answer that is no HTTP
    if (answer.kind != HttpAnswer::Kind::kAnswer) answer.why = curl_easy_strerror(code);
    if (answer.kind == HttpAnswer::Kind::kTls && words[0]) answer.why = words.data();
    curl_off_t wait_s = 0;
    if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait_s) == CURLE_OK && wait_s > 0) answer.retry_after_ms = std::min<curl_off_t>(wait_s, 1'000'000) * 1000;
    curl_header* date = nullptr;
    if (curl_easy_header(curl, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK) {
      if (const time_t t = curl_getdate(date->value, nullptr); t > 0) answer.server_ms = static_cast<int64_t>(t) * 1000;
    }
    return answer;
  }
};

HttpClient::HttpClient(const Endpoint& endpoint, const std::string& authorization, HttpTimeouts timeouts) : impl_(std::make_unique<Impl>()) {
  impl_->url = endpoint.url;
  impl_->ca_file = endpoint.ca_file.string();
  impl_->plain = endpoint.url.starts_with("http://");
  impl_->timeouts = timeouts;
  if (!curl_ready()) return;
  impl_->curl = curl_easy_init();
  // "Expect:" off: some stores answer it never, and the batches are small.
  std::vector<std::string> headers = {"X-Experience-API-Version: 1.0.3", "Accept: application/json", "Expect:"};
  if (!authorization.empty()) headers.push_back("Authorization: " + authorization);
  for (const std::string& h : headers) {
    curl_slist* longer = curl_slist_append(impl_->headers, h.c_str());
    if (longer) impl_->headers = longer;
  }
}

HttpClient::~HttpClient() {
  curl_slist_free_all(impl_->headers);
  if (impl_->curl) curl_easy_cleanup(impl_->curl);
}

HttpAnswer HttpClient::get(const std::string& path) { return impl_->perform(path, nullptr); }
HttpAnswer HttpClient::post(const std::string& path, const std::string& body, const std::string& content_type) { return impl_->perform(path, &body, content_type); }

}  // namespace shixun
