// Packs in one file, and what comes instead of one.

#include "engine/training/pack_file.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <set>

#include "engine/base/archive.h"
#include "engine/base/hash.h"
#include "engine/training/check.h"

using namespace shixun;

namespace {

class OneFile : public testing::Test {
 protected:
  void SetUp() override {
    dir = fs::temp_directory_path() / ("shixun-file-" + uuid_v4());
    fs::create_directories(dir / "pack");
    fs::copy(fs::path(SHIXUN_SOURCE_DIR) / "tests/packs/base", dir / "pack", fs::copy_options::recursive);
    const char* home = getenv("SHIXUN_HOME");
    if (home) old_home = home;
    setenv("SHIXUN_HOME", (dir / "home").c_str(), 1);
  }
  void TearDown() override {
    if (old_home.empty()) unsetenv("SHIXUN_HOME");
    else setenv("SHIXUN_HOME", old_home.c_str(), 1);
    std::error_code ec;
    fs::remove_all(dir, ec);
  }
  fs::path pack() {
    auto bytes = pack_file_bytes(dir / "pack");
    EXPECT_TRUE(bytes);
    EXPECT_TRUE(write_file(dir / "base.shixun", *bytes));
    return dir / "base.shixun";
  }
  std::string refusal(const std::string& bytes) {
    EXPECT_TRUE(write_file(dir / "bad.shixun", bytes));
    const auto files = read_archive(dir / "bad.shixun");
    return files ? "" : files.error().text();
  }
  fs::path dir;
  std::string old_home;
};

// A zip with one deflated entry whose directory claims a size.
std::string deflated(const std::string& content, uint32_t claimed) {
  std::string packed(compressBound(content.size()) + 64, '\0');
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  deflate(&z, Z_FINISH);
  packed.resize(z.total_out);
  deflateEnd(&z);
  const auto le = [](uint64_t v, int n) {
    std::string s;
    for (int i = 0; i < n; ++i) s += static_cast<char>(v >> (8 * i) & 0xff);
    return s;
  };
  const std::string name = "pack.yaml";
  const std::string sizes = le(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()), 4) + le(packed.size(), 4) + le(claimed, 4) + le(name.size(), 2) + le(0, 2);
  const std::string local = le(0x04034b50, 4) + le(20, 2) + le(0, 2) + le(8, 2) + le(0, 2) + le(33, 2) + sizes + name + packed;
  const std::string central = le(0x02014b50, 4) + le(20, 2) + le(20, 2) + le(0, 2) + le(8, 2) + le(0, 2) + le(33, 2) + sizes + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) + le(0, 4) + name;
  return local + central + le(0x06054b50, 4) + le(0, 4) + le(1, 2) + le(1, 2) + le(central.size(), 4) + le(local.size(), 4) + le(0, 2);
}

std::string replaced(std::string s, const std::string& from, const std::string& to) {
  for (size_t at = s.find(from); at != std::string::npos; at = s.find(from, at + to.size())) s.replace(at, from.size(), to);
  return s;
}

}  // namespace

TEST_F(OneFile, HasTheFoldersHashAndIsTheSameBytesEveryTime) {
  const fs::path file = pack();
  const PackLoad folder = load_pack(dir / "pack"), one = load_pack(file);
  ASSERT_TRUE(one.pack);
  EXPECT_EQ(one.pack->sha256, folder.pack->sha256);
  EXPECT_EQ(one.pack->scoring_sha256, folder.pack->scoring_sha256);
  EXPECT_EQ(one.pack->source, file);
  fs::last_write_time(dir / "pack/pack.yaml", fs::file_time_type::clock::now() - std::chrono::hours(1000));
  EXPECT_EQ(*pack_file_bytes(dir / "pack"), *read_file(file));
  EXPECT_EQ(*pack_file_bytes(file), *read_file(file));
  // The whole format by its hash: another machine, library or compiler that gives other bytes fails here.
  EXPECT_EQ(sha256_hex(*write_archive({{"b/x.txt", "two"}, {"a.txt", "one"}})), sha256_hex(*write_archive({{"a.txt", "one"}, {"b/x.txt", "two"}})));
  EXPECT_EQ(write_archive({{"a.txt", "one"}})->size(), 30u + 5 + 3 + 46 + 5 + 22);
}

TEST_F(OneFile, IsCheckedAsTheFolderIsAndNamesItself) {
  const CheckReport good = check_pack(pack());
  for (const Error& e : good.errors) ADD_FAILURE() << e.text();
  auto files = read_archive(dir / "base.shixun");
  ASSERT_TRUE(files);
  for (ArchiveFile& f : *files) {
    if (f.name == "scene.yaml") f.bytes += "nonsense: 1\n";
  }
  ASSERT_TRUE(write_file(dir / "bad.shixun", *write_archive(*files)));
  const CheckReport bad = check_pack(dir / "bad.shixun");
  ASSERT_FALSE(bad.errors.empty());
  EXPECT_TRUE(bad.errors[0].where.starts_with((dir / "bad.shixun/scene.yaml:").string())) << bad.errors[0].where;
}

TEST_F(OneFile, WhatLiesInTheCacheIsMadeAgainWhenItWasTouched) {
  const fs::path file = pack();
  const fs::path folder = *unpacked(file);
  ASSERT_TRUE(write_file(folder / "strings/en.yaml", "other: words\n"));
  ASSERT_TRUE(write_file(folder / "extra.yaml", "x: 1\n"));
  EXPECT_TRUE(load_pack(file).pack);
  EXPECT_FALSE(fs::exists(folder / "extra.yaml"));
}

TEST_F(OneFile, RefusesNamesThatLeaveThePack) {
  for (const char* name : {"", "/etc/x", "../x", "a/../b", "a//b", "a/", "./a", "a\\b", "C:x", "a\nb"}) {
    EXPECT_FALSE(is_archive_name(name)) << name;
    EXPECT_FALSE(write_archive({{name, "x"}})) << name;
  }
  EXPECT_TRUE(is_archive_name("media/工单 1.png"));
  EXPECT_FALSE(write_archive({{"a", "1"}, {"A", "2"}}));
  const std::string good = *write_archive({{"aa/pack.yaml", "x"}, {"bb/pack.yaml", "y"}});
  EXPECT_EQ(refusal(good), "");
  EXPECT_NE(refusal(replaced(good, "aa/pack.yaml", "../pack.yaml")).find("leave the pack"), std::string::npos);
  EXPECT_NE(refusal(replaced(good, "aa/pack.yaml", "/a/pack.yaml")).find("leave the pack"), std::string::npos);
  EXPECT_NE(refusal(replaced(good, "aa/pack.yaml", "bb/pack.yaml")), "");
  EXPECT_NE(refusal(replaced(good, "aa/pack.yaml", "BB/pack.yaml")).find("twice"), std::string::npos);
  const std::string under = *write_archive({{"aa", "x"}, {"bb/pack.yaml", "y"}});
  EXPECT_NE(refusal(replaced(under, "bb/pack.yaml", "aa/pack.yaml")).find("folder that is a file"), std::string::npos);
}

TEST_F(OneFile, RefusesLinksBombsAndLies) {
  const std::string good = *write_archive({{"pack.yaml", std::string(1000, 'x')}});
  EXPECT_NE(refusal(replaced(good, std::string("\0\0\xa4\x81", 4), std::string("\0\0\xff\xa1", 4))).find("symbolic link"), std::string::npos);
  const std::string zeros(100u << 20, '\0');
  EXPECT_NE(refusal(deflated(zeros, static_cast<uint32_t>(zeros.size()))).find("unpacks to more"), std::string::npos);
  EXPECT_NE(refusal(deflated(zeros, 10)), "");
  EXPECT_NE(refusal(deflated("short", 4000)), "");
  EXPECT_EQ(refusal(deflated("short", 5)), "");
}

TEST_F(OneFile, NoCutAndNoFlippedByteIsTakenForAPack) {
  const std::string good = *read_file(pack());
  for (size_t n = 0; n < good.size(); n += 37) EXPECT_NE(refusal(good.substr(0, n)), "") << n;
  const auto meant = *read_archive(dir / "base.shixun");
  for (size_t i = 0; i < good.size(); i += 11) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x55);
    ASSERT_TRUE(write_file(dir / "bad.shixun", bad));
    const auto files = read_archive(dir / "bad.shixun");
    if (!files) continue;
    // Only a name, a time or an attribute can differ unseen; contents are summed.
    ASSERT_EQ(files->size(), meant.size());
    std::multiset<std::string> before, after;
    for (const ArchiveFile& f : meant) before.insert(f.bytes);
    for (const ArchiveFile& f : *files) after.insert(f.bytes);
    EXPECT_EQ(before, after) << i;
  }
}
