cmake_minimum_required(VERSION 3.25)
# cmake -DSOURCE=DIR -DOUT=FILE -P build_id.cmake   writes what build_id.h declares.
function(hash_of out)
  set(files)
  foreach(folder IN LISTS ARGN)
    file(GLOB_RECURSE found RELATIVE ${SOURCE} ${SOURCE}/${folder}/*.cpp ${SOURCE}/${folder}/*.h)
    list(APPEND files ${found})
  endforeach()
  list(SORT files)
  set(lines "")
  foreach(name IN LISTS files)
    file(SHA256 ${SOURCE}/${name} one)
    string(APPEND lines "${one}  ${name}\n")
  endforeach()
  string(SHA256 all "${lines}")
  set(${out} ${all} PARENT_SCOPE)
endfunction()
hash_of(engine engine)
hash_of(scorer engine/base engine/sim engine/training)
file(CONFIGURE OUTPUT ${OUT} CONTENT "#include \"engine/records/build_id.h\"
namespace shixun {
const char* const kEngineSha256 = \"@engine@\";
const char* const kScorerSha256 = \"@scorer@\";
}  // namespace shixun
" @ONLY)
