#include "engine/records/config.h"

#include <sys/stat.h>

#include <optional>
#include <set>

#include "engine/base/base64.h"
#include "engine/base/text.h"
#include "engine/base/units.h"
#include "engine/training/yaml.h"

namespace shixun {

namespace {

struct Url {
  std::string scheme, host;
};

// Only what has to be told apart here; the rest is libcurl's business.
std::optional<Url> split_url(const std::string& url) {
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return std::nullopt;
  for (const char c : url) {
    if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>') return std::nullopt;
  }
  std::string rest = url.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (rest.empty() || rest.find('@') != std::string::npos) return std::nullopt;
  const size_t host_end = rest[0] == '[' ? rest.find(']') + 1 : rest.find(':');
  return Url{url.substr(0, scheme_end), rest.substr(0, host_end)};
}

bool is_loopback(const std::string& host) { return host == "127.0.0.1" || host == "localhost" || host == "[::1]"; }

bool is_endpoint_name(const std::string& s) {
  if (s.empty() || s.size() > 40) return false;
  for (const char c : s) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

Status check_address(const fs::path& file, const Yaml& node) {
  const auto target = split_url(node.scalar);
  if (!target) return error_at(file.string(), node, "is not a web address without user and password");
  if (target->scheme != "https" && !(target->scheme == "http" && is_loopback(target->host))) return error_at(file.string(), node, "results may only travel over https (http: to this machine only)");
  return ok();
}

Result<Endpoint> read_endpoint(const fs::path& file, const Yaml& node) {
  if (node.kind != Yaml::Kind::kMap) return error_at(file.string(), node, "an endpoint must be a map with name, type, url, user, password_file and actor_home_page");
  static const std::set<std::string> known = {"name", "type", "url", "user", "password_file", "key_file", "actor_home_page", "ca_file", "pseudonym_key_file", "evidence"};
  for (const auto& [key, value] : node.map) {
    if (key == "password" || key == "key")
      return error_at(file.string(), value, "secrets do not belong into this file", "Put it into a file of its own (mode 0600) and name that with " + key + "_file");
    if (!known.count(key)) return error_at(file.string(), value, "unknown key '" + key + "'", "Known are: name, type, url, user, password_file, key_file, actor_home_page, ca_file, pseudonym_key_file, evidence");
    if (value.kind != Yaml::Kind::kScalar || value.scalar.empty()) return error_at(file.string(), value, "'" + key + "' must have a text");
  }
  const auto need = [&](const char* key) -> Result<std::string> {
    if (const Yaml* v = node.find(key)) return v->scalar;
    return error_at(file.string(), node, std::string("the endpoint lacks '") + key + "'");
  };
  const fs::path folder = fs::absolute(file).parent_path();
  const auto path_of = [&](const char* key) -> fs::path {
    const Yaml* v = node.find(key);
    return v ? (folder / v->scalar).lexically_normal() : fs::path();  // an absolute name stays as it is
  };

  Endpoint e;
  auto name = need("name"), type = need("type"), url = need("url"), home = need("actor_home_page");
  for (const auto* r : {&name, &type, &url, &home}) {
    if (!*r) return r->error();
  }
  if (!is_endpoint_name(*name)) return error_at(file.string(), *node.find("name"), "an endpoint's name has a-z, 0-9 and -, at most 40");
  if (*type != "xapi") return error_at(file.string(), *node.find("type"), "unknown type '" + *type + "'", "Known is: xapi");
  if (auto s = check_address(file, *node.find("url")); !s) return s.error();
  if (url->find_first_of("?#") != std::string::npos) return error_at(file.string(), *node.find("url"), "must have neither ? nor #", "Give the address that /statements is added to");
  if (!split_url(*home)) return error_at(file.string(), *node.find("actor_home_page"), "is not a web address", "Give the address of the system that knows the trainees' pseudonyms");
  e.name = *name;
  e.url = *url;
  while (!e.url.empty() && e.url.back() == '/') e.url.pop_back();
  e.actor_home_page = *home;
  e.key_file = path_of("key_file");
  e.password_file = path_of("password_file");
  e.ca_file = path_of("ca_file");
  e.pseudonym_key_file = path_of("pseudonym_key_file");
  if (const Yaml* evidence = node.find("evidence")) {
    if (evidence->scalar != "attached") return error_at(file.string(), *evidence, "'evidence' must be attached, or not be there");
    if (!e.pseudonym_key_file.empty()) return error_at(file.string(), *evidence, "journals name the trainee as he is called here: they do not go where pseudonyms differ");
    e.evidence = true;
  }
  if (const Yaml* user = node.find("user")) {
    if (user->scalar.find(':') != std::string::npos) return error_at(file.string(), *user, "a user's name has no ':'");
    e.user = user->scalar;
  }
  const bool by_password = !e.user.empty() && !e.password_file.empty() && e.key_file.empty();
  const bool by_key = e.user.empty() && e.password_file.empty() && !e.key_file.empty();
  if (!by_password && !by_key) return error_at(file.string(), node, "the endpoint needs either user and password_file, or key_file");
  return e;
}

Result<Lms> read_lms(const fs::path& file, const Yaml& node) {
  if (node.kind != Yaml::Kind::kMap || !node.find("url")) return error_at(file.string(), node, "an LMS must be a map with url, and ca_file where it has an authority of its own");
  Lms lms;
  for (const auto& [key, value] : node.map) {
    if (key != "url" && key != "ca_file") return error_at(file.string(), value, "unknown key '" + key + "'", "Known are: url, ca_file");
    if (value.kind != Yaml::Kind::kScalar || value.scalar.empty()) return error_at(file.string(), value, "'" + key + "' must have a text");
    if (key == "url") {
      if (auto s = check_address(file, value); !s) return s.error();
      lms.url = value.scalar.back() == '/' ? value.scalar.substr(0, value.scalar.size() - 1) : value.scalar;
      if (lms.url.find_first_of("/?#", lms.url.find("://") + 3) != std::string::npos) return error_at(file.string(), value, "must end with the host, or its port");
    } else {
      lms.ca_file = (fs::absolute(file).parent_path() / value.scalar).lexically_normal();
    }
  }
  return lms;
}

}  // namespace

const Lms* Config::find_lms(std::string_view address) const {
  for (const Lms& l : lms) {
    if (address.starts_with(l.url) && (address.size() == l.url.size() || address[l.url.size()] == '/')) return &l;
  }
  return nullptr;
}

const Endpoint* Config::find(std::string_view name) const {
  for (const Endpoint& e : endpoints) {
    if (e.name == name) return &e;
  }
  return nullptr;
}

Result<Config> load_config(const fs::path& file) {
  std::error_code ec;
  Config config;
  if (!fs::exists(file, ec)) return config;
  auto yaml = read_yaml(file);
  if (!yaml) return yaml.error();
  if (yaml->kind == Yaml::Kind::kNull) return config;
  if (yaml->kind != Yaml::Kind::kMap) return error_at(file.string(), *yaml, "expected 'endpoints:'");
  for (const auto& [key, value] : yaml->map) {
    if (key == "assessment_shows") {
      const bool word = value.kind == Yaml::Kind::kScalar;
      if (word && value.scalar == "handed_in") config.assessment_shows = Release::kHandedIn;
      else if (word && value.scalar == "verdict") config.assessment_shows = Release::kVerdict;
      else if (word && value.scalar == "marks") config.assessment_shows = Release::kMarks;
      else return error_at(file.string(), value, "'assessment_shows' must be handed_in, verdict or marks");
      continue;
    }
    if (key == "volume") {
      const auto volume = value.kind == Yaml::Kind::kScalar ? parse_quantity(value.scalar) : Result<Quantity>(Error{});
      if (!volume || volume->unit != Unit::kCount || volume->value < 0 || volume->value > 100) return error_at(file.string(), value, "'volume' must be a whole number from 0 to 100");
      config.volume = static_cast<int>(volume->value);
      continue;
    }
    if (key == "retention_days") {
      const auto days = value.kind == Yaml::Kind::kScalar ? parse_quantity(value.scalar) : Result<Quantity>(Error{});
      if (!days || days->unit != Unit::kCount || days->value < 1 || days->value > 36'500) return error_at(file.string(), value, "'retention_days' must be a whole number from 1 to 36500");
      config.retention_days = static_cast<int>(days->value);
      continue;
    }
    if (key == "proctor_ca_file") {
      if (value.kind != Yaml::Kind::kScalar || value.scalar.empty()) return error_at(file.string(), value, "'proctor_ca_file' must name a file");
      config.proctor_ca_file = (fs::absolute(file).parent_path() / value.scalar).lexically_normal();
      continue;
    }
    if (key == "captions") {
      const bool word = value.kind == Yaml::Kind::kScalar;
      if (!word || (value.scalar != "shown" && value.scalar != "hidden")) return error_at(file.string(), value, "'captions' must be shown or hidden");
      config.captions = value.scalar == "shown";
      continue;
    }
    if (key != "endpoints" && key != "lms") return error_at(file.string(), value, "unknown key '" + key + "'", "Known are: endpoints, lms, retention_days, proctor_ca_file, assessment_shows, volume, captions");
    if (value.kind == Yaml::Kind::kNull) continue;
    if (value.kind != Yaml::Kind::kList) return error_at(file.string(), value, "'" + key + "' must be a list");
    if (key == "lms") {
      for (const Yaml& item : value.list) {
        auto lms = read_lms(file, item);
        if (!lms) return lms.error();
        config.lms.push_back(std::move(*lms));
      }
      continue;
    }
    for (const Yaml& item : value.list) {
      auto endpoint = read_endpoint(file, item);
      if (!endpoint) return endpoint.error();
      if (config.find(endpoint->name)) return error_at(file.string(), item, "there are two endpoints named '" + endpoint->name + "'");
      config.endpoints.push_back(std::move(*endpoint));
    }
  }
  return config;
}

Result<Config> load_config() { return load_config(places().config / "config.yaml"); }

namespace {

// One line of a file that only its owner can read.
Result<std::string> read_secret(const fs::path& file, const std::string& expected) {
  struct stat st {};
  if (stat(file.c_str(), &st) == 0 && (st.st_mode & 077) != 0)
    return Error{Code::kEnvironment, file.string(), "holds a secret but can be read by others", "chmod 600 it"};
  auto bytes = read_file(file, 4096);
  if (!bytes) return bytes.error();
  while (!bytes->empty() && (bytes->back() == '\n' || bytes->back() == '\r')) bytes->pop_back();
  if (bytes->empty() || !is_clean_utf8(*bytes) || bytes->find_first_of("\r\n") != std::string::npos) return Error{Code::kFailed, file.string(), "must hold one line: " + expected, ""};
  return bytes;
}

}  // namespace

Result<std::string> read_authorization(const Endpoint& endpoint) {
  if (!endpoint.token.empty()) return "Basic " + endpoint.token;
  const bool key = endpoint.user.empty();
  const fs::path& file = key ? endpoint.key_file : endpoint.password_file;
  const std::string expected = key ? "user:password" : "the password";
  auto secret = read_secret(file, expected);
  if (!secret) return secret;
  if (key && secret->find(':') == std::string::npos) return Error{Code::kFailed, file.string(), "must hold one line: " + expected, ""};
  return "Basic " + base64(key ? *secret : endpoint.user + ":" + *secret);
}

Result<std::string> read_pseudonym_key(const Endpoint& endpoint) {
  if (endpoint.pseudonym_key_file.empty()) return std::string();
  auto secret = read_secret(endpoint.pseudonym_key_file, "the secret, 16 bytes or more");
  if (secret && secret->size() < 16) return Error{Code::kFailed, endpoint.pseudonym_key_file.string(), "is too short for a secret", "16 bytes or more, such as of: openssl rand -hex 32"};
  return secret;
}

}  // namespace shixun
