#pragma once
// How far sending is, for people: how much waits, since when, and what is stuck and why.

#include <map>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/records/store.h"

namespace shixun {

struct Delivery {
  std::string endpoint;
  OutboxCount count;
  std::string oldest_utc;             // when the first attempt ended that is not sent whole; empty: none waits
  std::map<std::string, int> parked;  // put aside, by reason (upload.h)
  std::string paused;                 // why nothing is sent there, or empty: the first word of EndpointState::paused
  bool settled() const { return count.pending + count.leased + count.parked == 0 && paused.empty(); }
};

// Of every endpoint in config.yaml, in its order; then of each LMS whose cmi5 sessions have something left to
// send, called by its host.
Result<std::vector<Delivery>> list_deliveries();
Result<Delivery> delivery_of(const RecordStore& store, const std::string& endpoint);

std::string delivery_text(const Delivery& d, Lang lang);  // one line
std::string delivery_words();                             // everything delivery_text can say, for whoever makes a font of it

}  // namespace shixun
