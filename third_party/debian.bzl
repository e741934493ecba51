# SPDX-License-Identifier: Apache-2.0
"""Repositories made from Debian's archive by apt, as the machine has it set up.

Nothing is written outside Bazel's output base, and no host is named: the suites
come from the machine's own apt sources, and apt checks every index against the
archive's signature. What is fetched is pinned by sha256 besides.
"""

# A private apt state in the repository's own folder. Of the machine's sources, only
# those of the running release are taken: a vendor's extra source has no source
# packages, and its outage is none of our business.
_MAKE_STATE = """
set -eu
d=$PWD
. /etc/os-release
mkdir -p parts lists/partial cache/archives/partial
suite="(^|[[:space:]])($VERSION_CODENAME|stable|oldstable)(-updates|-security|/updates)?([[:space:]]|$)"
for f in /etc/apt/sources.list.d/*.sources; do
  [ -e "$f" ] || continue
  awk -v RS= -v ORS='\\n\\n' -v suite="$suite" '{
      n = split($0, line, "\\n"); keep = 0; text = ""
      for (i = 1; i <= n; i++) {
        if (line[i] ~ /^Suites:/ && line[i] ~ suite) keep = 1
        if (line[i] ~ /^Types:/) line[i] = "Types: TYPES"
        if (line[i] !~ /^(Architectures:|#)/) text = text line[i] "\\n"
      }
      if (keep) print text
    }' "$f" > parts/"${f##*/}"
done
for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -e "$f" ] || continue
  for type in TYPES; do
    grep -E '^deb[[:space:]]' "$f" | grep -E "$suite" | sed -E "s/^deb/$type/" || true
  done > parts/"${f##*/}"
done
find parts -empty -delete
cat > apt.conf <<END
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$d/parts";
Dir::State::Lists "$d/lists";
Dir::State::status "$d/status";
Dir::Cache "$d/cache";
APT::Sandbox::User "root";
Acquire::Retries "3";
Acquire::Languages "none";
ARCH
END
: > status
APT_CONFIG=$d/apt.conf apt-get -q update
"""

def _run(ctx, script, args = [], env = {}, what = ""):
    result = ctx.execute(["sh", "-euc", script, "sh"] + args, environment = env, timeout = 900)
    if result.return_code != 0:
        fail("%s failed (exit %s); check the machine's apt sources and its network:\n%s\n%s" % (
            what,
            result.return_code,
            result.stdout,
            result.stderr,
        ))
    return result.stdout.strip()

def _apt_impl(ctx):
    architecture = ctx.attr.architecture
    script = _MAKE_STATE.replace("TYPES", "deb" if architecture else "deb deb-src")
    script = script.replace("ARCH\n", (
        'APT::Architecture "{0}";\nAPT::Architectures {{"{0}";}};\n'.format(architecture) if architecture else ""
    ))
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    ctx.file("BUILD.bazel", "exports_files([\"apt.conf\"])\n")
    _run(ctx, script, what = "apt-get update in a private state")

debian_apt = repository_rule(
    doc = "A private apt state; `architecture` empty means the machine's own, with source packages.",
    implementation = _apt_impl,
    attrs = {"architecture": attr.string()},
    environ = ["http_proxy", "https_proxy"],
)

def _check(ctx, file):
    got = _run(ctx, "sha256sum -- \"$1\"", [file], what = "sha256sum").split(" ")[0]
    if got != ctx.attr.sha256:
        fail(("%s: the archive's %s has sha256 %s, but %s is pinned; if the new version is wanted, " +
              "pin it in third_party/repositories.bzl") % (
            ctx.name,
            file.split("/")[-1],
            got,
            ctx.attr.sha256,
        ))

def _finish(ctx):
    _run(ctx, "rm -rf .fetch", what = "rm")
    for command in ctx.attr.patch_cmds:
        _run(ctx, command, what = command)
    if ctx.attr.build_file:
        ctx.delete("BUILD.bazel")
        ctx.delete("BUILD")
        ctx.symlink(ctx.attr.build_file, "BUILD.bazel")
    ctx.delete("WORKSPACE")
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)

def _fetch(ctx, script):
    conf = str(ctx.path(ctx.attr.apt))
    args = [ctx.attr.package]
    return _run(
        ctx,
        "mkdir .fetch; cd .fetch; " + script,
        args,
        {"APT_CONFIG": conf},
        "fetching %s by apt" % ctx.attr.package,
    )

def _source_impl(ctx):
    _fetch(ctx, "apt-get -q source --download-only \"$1\"")
    orig = _run(ctx, "ls .fetch/*.orig.tar.*", what = "ls")
    _check(ctx, orig)
    _run(
        ctx,
        "cd .fetch; dpkg-source --no-check -x *.dsc tree; cd tree; rm -rf debian .pc; find . -mindepth 1 -maxdepth 1 -exec mv -t ../.. {} +",
        what = "unpacking " + ctx.attr.package,
    )
    _finish(ctx)

def _deb_impl(ctx):
    _fetch(ctx, "apt-get -q download \"$1\"")
    deb = _run(ctx, "ls .fetch/*.deb", what = "ls")
    _check(ctx, deb)
    _run(
        ctx,
        "cd .fetch; dpkg -x *.deb x; cd \"x/$1\"; find . -mindepth 1 -maxdepth 1 -exec mv -t \"$2\" {} +",
        [ctx.attr.strip_prefix, str(ctx.path("."))],
        what = "unpacking " + ctx.attr.package,
    )
    _finish(ctx)

_ATTRS = {
    "apt": attr.label(default = "@debian_apt//:apt.conf", doc = "The apt state to fetch with."),
    "build_file": attr.label(allow_single_file = True, doc = "Laid over the package as BUILD.bazel."),
    "package": attr.string(mandatory = True, doc = "The package's name in Debian."),
    "patch_cmds": attr.string_list(doc = "Shell commands run in the unpacked tree."),
    "sha256": attr.string(mandatory = True, doc = "Of the upstream tarball, or of the .deb."),
}

debian_source = repository_rule(
    doc = "A source package, with Debian's patches, unpacked; the upstream tarball is pinned.",
    implementation = _source_impl,
    attrs = _ATTRS,
)

debian_deb = repository_rule(
    doc = "A binary package, unpacked; `strip_prefix` becomes the repository's root.",
    implementation = _deb_impl,
    attrs = dict(_ATTRS, strip_prefix = attr.string()),
)

def _stub_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    ctx.file("BUILD.bazel", ctx.attr.build)

stub_repository = repository_rule(
    doc = "A repository of one BUILD file, for what Bazel insists on naming but never uses.",
    implementation = _stub_impl,
    attrs = {"build": attr.string(mandatory = True)},
)
