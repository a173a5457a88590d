#pragma once
// config.yaml in the config folder: where results go, what a person sees of them, what is heard. Secrets lie in files of their own that only the owner can read; they are
// read when needed and never logged, journaled or stored.
//
//   endpoints:
//     - name: school                       # [a-z0-9-], how commands call it
//       type: xapi
//       url: https://lrs.school.example/xapi
//       user: writer                       # with password_file; or key_file alone, holding "user:password"
//       password_file: school.password     # relative to config.yaml; mode 0600
//       actor_home_page: https://id.school.example
//       ca_file: school-ca.pem             # optional: trust this authority for this endpoint
//       pseudonym_key_file: school.key     # optional: trainees have other pseudonyms there, made with this secret (the same on all of the
//                                          # school's machines; 16 bytes or more; mode 0600)
//       evidence: attached                 # optional: journals are sent along; not together with pseudonym_key_file, for they name the trainee
//   volume: 70                             # of all sounds, 0 to 100; default 70
//   captions: shown                        # sounds that tell something are also written on the screen: shown (default), hidden
//   assessment_shows: handed_in            # what one who was assessed sees at once: handed_in (default), verdict, marks

#include <string>
#include <vector>

#include "engine/base/file.h"

namespace shixun {

struct Endpoint {
  std::string name;
  std::string url;              // without a slash at the end; https, or http to this machine only
  std::string user;             // empty with key_file
  fs::path password_file, key_file, ca_file, pseudonym_key_file;  // absolute, or empty
  bool evidence = false;        // attach the journals
  std::string actor_home_page;
};

// What is shown after an assessment before the school releases its result.
enum class Release { kHandedIn, kVerdict, kMarks };

struct Config {
  std::vector<Endpoint> endpoints;
  Release assessment_shows = Release::kHandedIn;
  int volume = 70;
  bool captions = true;
  const Endpoint* find(std::string_view name) const;
};

// A missing file is an empty configuration. Errors name file:line:column.
Result<Config> load_config(const fs::path& file);
Result<Config> load_config();  // places().config / "config.yaml"

// "user:password" of an endpoint. Refused when the file can be read by others.
Result<std::string> read_credentials(const Endpoint& endpoint);
// What the pseudonyms there are made with; empty when they are those used here. Refused like credentials.
Result<std::string> read_pseudonym_key(const Endpoint& endpoint);

}  // namespace shixun
