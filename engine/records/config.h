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
//   lms:                                   # learning management systems that may launch exercises here (cmi5.h); none: nobody may
//     - url: https://lms.school.example    # what the addresses in their launch links begin with: the host
//       ca_file: school-ca.pem             # optional, as above
//   proctor_ca_file: school-ca.pem         # trust this authority for a proctor's desk (proctor.h)
//   retention_days: 400                    # closed attempts go from this machine so many days after their end, once they are delivered whole to
//                                          # every endpoint above (purge.h); default: they stay
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
  std::string token = {};       // of a cmi5 session (cmi5.h), which has no user: as the LMS gave it
};

struct Lms {
  std::string url;              // scheme, host and port
  fs::path ca_file;             // absolute, or empty
};

// What is shown after an assessment before the school releases its result.
enum class Release { kHandedIn, kVerdict, kMarks };

struct Config {
  std::vector<Endpoint> endpoints;
  std::vector<Lms> lms;
  fs::path proctor_ca_file = {};  // absolute, or empty
  int retention_days = 0;         // 0: for ever
  Release assessment_shows = Release::kHandedIn;
  int volume = 70;
  bool captions = true;
  const Endpoint* find(std::string_view name) const;
  const Lms* find_lms(std::string_view url) const;  // whose address it is
};

// A missing file is an empty configuration. Errors name file:line:column.
Result<Config> load_config(const fs::path& file);
Result<Config> load_config();  // places().config / "config.yaml"

// The value of the header Authorization that an endpoint wants. Refused when the file with the secret can be read by others.
Result<std::string> read_authorization(const Endpoint& endpoint);
// What the pseudonyms there are made with; empty when they are those used here. Refused like credentials.
Result<std::string> read_pseudonym_key(const Endpoint& endpoint);

}  // namespace shixun
