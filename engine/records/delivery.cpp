#include "engine/records/delivery.h"

#include <algorithm>

#include "engine/records/cmi5.h"
#include "engine/records/config.h"

namespace shixun {

namespace {

struct Reason {
  const char* word;
  Text text;
};

const std::vector<Reason>& reasons() {
  static const std::vector<Reason> all = {
      {"invalid", {"对方判为无效", "refused as invalid"}},
      {"too-large", {"过大", "too large"}},
      {"conflict", {"对方已有不同内容", "something else stands there"}},
      {"evidence", {"日志缺失或被改", "the journal is gone or changed"}},
      {"lms-refuses", {"平台拒收：会话已结束，或此类记录已有", "the LMS refuses: the session is over, or it has one of the kind"}},
      {"credentials", {"对方不接受账号或口令", "the credentials are not accepted"}},
      {"permission", {"账号没有写入权限", "the credentials may not write"}},
      {"tls", {"对方不能证明其身份", "the other side cannot prove who it is"}},
      {"version", {"对方不支持 xAPI 1.0", "no xAPI 1.0 is spoken there"}},
      {"not-xapi", {"该地址不是 xAPI 存储", "what answers there is no xAPI store"}},
      {"refuses-all", {"对方拒收全部记录", "every statement is refused"}},
      {"address", {"对方回答异常，请核对地址", "the answer makes no sense: check the address"}},
  };
  return all;
}

std::string reason_text(const std::string& word, Lang lang) {
  const auto it = std::find_if(reasons().begin(), reasons().end(), [&](const Reason& r) { return word == r.word; });
  return it == reasons().end() ? word : it->text.in(lang);
}

const Text kDone = {"{endpoint}：已全部送达", "{endpoint}: everything is delivered"};
const Text kWaiting = {"{endpoint}：{n} 条待上传，最早 {date}", "{endpoint}: {n} statements wait, since {date}"};
const Text kNoneWaits = {"{endpoint}：无待上传", "{endpoint}: nothing waits"};
const Text kParked = {"；{n} 条搁置：{why}", "; {n} put aside: {why}"};
const Text kPaused = {"；已暂停：{why}", "; paused: {why}"};

}  // namespace

Result<Delivery> delivery_of(const RecordStore& store, const std::string& endpoint) {
  auto count = store.count(endpoint);
  if (!count) return count.error();
  auto state = store.endpoint_state(endpoint);
  if (!state) return state.error();
  auto oldest = store.oldest_waiting(endpoint);
  if (!oldest) return oldest.error();
  auto parked = store.parked(endpoint);
  if (!parked) return parked.error();
  return Delivery{endpoint, *count, std::move(*oldest), std::move(*parked), state->paused.substr(0, state->paused.find(':'))};
}

Result<std::vector<Delivery>> list_deliveries() {
  auto config = load_config();
  if (!config) return config.error();
  std::vector<Delivery> all;
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  for (const Endpoint& e : config->endpoints) {
    auto d = delivery_of(*store, e.name);
    if (!d) return d.error();
    all.push_back(std::move(*d));
  }
  auto sessions = list_sessions();
  if (!sessions) return sessions.error();
  for (const Endpoint& e : *sessions) {
    auto d = delivery_of(*store, e.name);
    if (!d) return d.error();
    if (d->settled()) continue;
    d->endpoint = e.url.substr(0, e.url.find('/', e.url.find("://") + 3));  // an LMS is known by its host, and told of once
    const auto same = std::find_if(all.begin(), all.end(), [&](const Delivery& o) { return o.endpoint == d->endpoint; });
    if (same == all.end()) {
      all.push_back(std::move(*d));
      continue;
    }
    same->count.pending += d->count.pending;
    same->count.leased += d->count.leased;
    same->count.parked += d->count.parked;
    for (const auto& [why, n] : d->parked) same->parked[why] += n;
    if (same->oldest_utc.empty() || (!d->oldest_utc.empty() && d->oldest_utc < same->oldest_utc)) same->oldest_utc = d->oldest_utc;
  }
  return all;
}

std::string delivery_text(const Delivery& d, Lang lang) {
  const int waiting = d.count.pending + d.count.leased;
  std::string s = fill((d.settled() ? kDone : waiting ? kWaiting : kNoneWaits).in(lang), {"endpoint", d.endpoint, "n", std::to_string(waiting), "date", d.oldest_utc.substr(0, 10)});
  for (const auto& [word, n] : d.parked) s += fill(kParked.in(lang), {"n", std::to_string(n), "why", reason_text(word, lang)});
  if (!d.paused.empty()) s += fill(kPaused.in(lang), {"why", reason_text(d.paused, lang)});
  return s;
}

std::string delivery_words() {
  std::string words;
  for (const Text& t : {kDone, kWaiting, kNoneWaits, kParked, kPaused}) words += t.zh + t.en;
  for (const Reason& r : reasons()) words += r.text.zh + r.text.en;
  return words;
}

}  // namespace shixun
