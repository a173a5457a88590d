#include "engine/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>

#include <cstdlib>

namespace shixun {

void init_log() {
  auto logger = std::make_shared<spdlog::logger>("shixun", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("shixun: %l: %v");
  const char* level = std::getenv("SHIXUN_LOG");
  logger->set_level(spdlog::level::from_str(level ? level : "warn"));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace shixun
