#include "engine/training/loader.h"

#include "engine/base/hash.h"
#include "engine/training/pack_file.h"

namespace shixun {

namespace {

constexpr size_t kMaxFiles = 4000;
constexpr uint64_t kMaxFileBytes = 64u << 20;
constexpr size_t kMaxText = 2000;  // characters of one string in a string table, in bytes

}  // namespace

PackLoad Loader::run() {
  if (!hash_files()) return {std::nullopt, std::move(errors_)};
  read_manifest();
  read_strings();
  read_data();
  read_scene();
  name_scene();
  read_sounds();
  read_exercises();
  check_strings();
  if (!errors_.empty()) return {std::nullopt, std::move(errors_)};
  return {std::move(pack_), {}};
}

bool Loader::hash_files() {
  std::error_code ec;
  if (!fs::is_directory(pack_.dir, ec)) {
    add({Code::kFailed, pack_.dir.string(), "is not a folder", "A pack is a folder with a pack.yaml in it"});
    return false;
  }
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator it(pack_.dir, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->is_symlink()) {
      add({Code::kFailed, it->path().string(), "is a symbolic link; a pack holds its files itself", "Copy the file into the pack"});
    } else if (it->is_regular_file()) {
      files.push_back(it->path());
    }
    if (files.size() > kMaxFiles) {
      add({Code::kFailed, pack_.dir.string(), fmt::format("holds more than {} files", kMaxFiles), ""});
      break;
    }
  }
  if (ec) add({Code::kEnvironment, pack_.dir.string(), "cannot be listed: " + ec.message(), ""});
  if (!errors_.empty()) return false;
  std::sort(files.begin(), files.end());
  std::string all, scoring;
  for (const fs::path& f : files) {
    auto bytes = read_file(f, kMaxFileBytes);
    if (!bytes) {
      add(bytes.error());
      return false;
    }
    const std::string rel = fs::relative(f, pack_.dir, ec).generic_string();
    const std::string line = rel + " " + sha256_hex(*bytes) + "\n";
    all += line;
    const bool scores = rel == "pack.yaml" || rel == "scene.yaml" || rel.starts_with("data/") || (rel.starts_with("exercises/") && (rel.ends_with("/scenario.yaml") || rel.ends_with("/rubric.yaml")));
    if (scores) scoring += line;
  }
  pack_.sha256 = sha256_hex(all);
  pack_.scoring_sha256 = sha256_hex(scoring);
  return true;
}

const Yaml* Loader::open(const fs::path& rel) {
  const fs::path path = pack_.dir / rel;
  file_ = path.string();
  auto yaml = read_yaml(path);
  if (!yaml) {
    add(yaml.error());
    return nullptr;
  }
  source_ = yaml->source;
  return files_.emplace_back(std::make_unique<Yaml>(std::move(*yaml))).get();
}

std::vector<fs::path> Loader::yaml_files(const char* sub) {
  std::vector<fs::path> out;
  std::error_code ec;
  for (fs::directory_iterator it(pack_.dir / sub, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() == ".yaml") out.push_back(fs::path(sub) / it->path().filename());
  }
  std::sort(out.begin(), out.end());
  return out;
}

void Loader::read_manifest() {
  const Yaml* root = open("pack.yaml");
  if (!root) return;
  Keys k(*this, *root, "pack.yaml");
  if (const Yaml* format = k.req("format"); format && format->scalar != "1") fail(*format, "this program reads packs of format 1");
  pack_.id = name(k.req("id"));
  pack_.version = name(k.req("version"));
  pack_.title = string_key(k.req("title"));
  pack_.licence = word(k.req("licence"));
  manifest_exercises_ = words(k.req("exercises"));
  for (const std::string& e : manifest_exercises_) {
    if (!is_name(e) || e.find('.') != std::string::npos) fail(*root->find("exercises"), "'" + e.substr(0, 40) + "' cannot be an exercise's folder");
    if (std::count(manifest_exercises_.begin(), manifest_exercises_.end(), e) > 1) fail(*root->find("exercises"), "the exercise '" + e + "' stands here twice");
  }
}

void Loader::read_strings() {
  for (const Lang lang : {Lang::kZh, Lang::kEn}) {
    const Yaml* root = open(fs::path("strings") / (std::string(lang_tag(lang)) + ".yaml"));
    if (!root) continue;
    string_files_[lang] = file_;
    for (const auto& [key, value] : entries(root)) {
      if (value.kind != Yaml::Kind::kScalar || value.scalar.empty()) fail_key(value, "the text of '" + key + "' is empty");
      else if (value.scalar.size() > kMaxText) fail(value, fmt::format("the text of '{}' has {} bytes; at most {} fit a panel", key, value.scalar.size(), kMaxText));
      (lang == Lang::kZh ? pack_.strings[key].zh : pack_.strings[key].en) = value.scalar;
    }
  }
}

void Loader::check_strings() {
  for (const auto& [key, text] : pack_.strings) {
    if (text.zh.empty() && string_files_.contains(Lang::kZh)) add({Code::kFailed, string_files_[Lang::kZh] + ":1:1", "lacks the text '" + key + "', which the other language has", ""});
    if (text.en.empty() && string_files_.contains(Lang::kEn)) add({Code::kFailed, string_files_[Lang::kEn] + ":1:1", "lacks the text '" + key + "', which the other language has", ""});
  }
  for (const auto& [key, where] : needed_strings_) {
    pack_.used_strings.insert(key);
    if (!pack_.strings.contains(key)) add({Code::kFailed, where, "no text '" + key + "' in the string tables", "Add it to strings/zh-CN.yaml and strings/en.yaml"});
  }
}

void Loader::read_data() {
  for (const fs::path& rel : yaml_files("data")) {
    const Yaml* root = open(rel);
    if (!root) continue;
    for (const auto& [key, node] : entries(root)) {
      Keys k(*this, node, "the entry '" + key + "'");
      DataValue d;
      const auto quantity = [&](const Yaml* v) -> std::optional<Quantity> {
        if (!v) return std::nullopt;
        auto q = parse_quantity(word(v));
        if (!q) {
          fail(*v, q.error().what, q.error().hint);
          return std::nullopt;
        }
        return *q;
      };
      d.value = quantity(k.req("value")).value_or(Quantity{});
      d.min = quantity(k.opt("min"));
      d.max = quantity(k.opt("max"));
      d.source = word(k.req("source"));
      (void)k.opt("note");
      for (const auto& limit : {d.min, d.max}) {
        if (limit && limit->unit != d.value.unit) fail(node, "value, min and max of '" + key + "' differ in unit");
      }
      if (pack_.data.contains(key)) fail_key(node, "the entry '" + key + "' stands in another data file already");
      pack_.data[key] = std::move(d);
    }
  }
}

void Loader::name_scene() {
  auto text = read_file(pack_.dir / "scene.yaml");
  if (!text) return;  // told by read_scene
  std::string all = *text;
  for (const auto& [name, d] : pack_.data) {
    if (text->find("$data." + name) == std::string::npos) continue;
    all += fmt::format("{} {}", name, d.value.value);
    for (const auto& limit : {d.min, d.max}) all += limit ? fmt::format(" {}", limit->value) : " -";
  }
  pack_.scene_sha256 = sha256_hex(all);
}

PackLoad load_pack(const fs::path& folder_or_file) {
  fs::path dir = folder_or_file;
  if (is_pack_file(folder_or_file)) {
    auto folder = unpacked(folder_or_file);
    if (!folder) return {std::nullopt, {folder.error()}};
    dir = std::move(*folder);
  }
  PackLoad load = Loader(dir).run();
  for (Error& e : load.errors) e = as_seen(std::move(e), dir, folder_or_file);
  if (load.pack) load.pack->source = folder_or_file;
  return load;
}

}  // namespace shixun
