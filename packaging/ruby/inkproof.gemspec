# frozen_string_literal: true

# `packaging/build` evaluates this beside `exe/`, `libexec/` and `package.json`, which holds what all packages have in common.

require "json"

facts = JSON.parse(File.read(File.join(__dir__, "package.json")))

Gem::Specification.new do |gem|
  gem.name = "inkproof"
  gem.version = facts["version"]
  gem.platform = facts["platform"]
  gem.summary = facts["description"]
  gem.authors = [facts["author"]]
  gem.licenses = facts["licenses"]
  gem.homepage = facts["homepage"]
  gem.metadata = {
    "source_code_uri" => facts["repository"],
    "changelog_uri" => facts["changelog"],
    "rubygems_mfa_required" => "true"
  }
  gem.required_ruby_version = ">= 2.7"
  gem.bindir = "exe"
  gem.executables = ["inkproof"]
  gem.files = Dir.chdir(__dir__) { Dir["exe/*", "libexec/*", "README.md", "LICENSE-*", "THIRD-PARTY-LICENSES.txt"] }
end
