# Random templates of what Ruby's Liquid and Customer.io's legacy Liquid share, rendered by both.
#
#   ruby differential.rb BINARY [COUNT] [SEED]
#
# Differences that are known are listed in differences.json, by a pattern of the template; anything else fails.
require "json"
require "liquid"
require "open3"

binary, count, seed = ARGV
count = (count || 5000).to_i
random = Random.new((seed || 1).to_i)
known = JSON.parse(File.read(File.join(__dir__, "differences.json")))
known = known.map { |difference| difference.merge("pattern" => Regexp.new(difference["template"])) }

DATA = {
  "s" => "Hello World", "w" => " a b ", "e" => "", "n" => 7, "z" => 0, "f" => 2.5, "g" => 5.0, "t" => true, "u" => false,
  "nil_value" => nil, "num" => "12", "l" => [3, 1, 2], "x" => %w[b a c], "none" => [], "m" => [1, [2, "q"], nil],
  "o" => { "a" => 1, "b" => "two", "c" => { "d" => 2.0 } }, "p" => [{ "k" => "v", "i" => 2 }, { "k" => "w", "i" => 1 }],
}.freeze

pick = ->(list) { list[random.rand(list.size)] }
NUMBERS = %w[n z f g 3 10 2.5 4.0 o.a l.first p[0].i s.size l.size].freeze
TEXTS = ["s", "w", "e", "'abc'", "\"x y\"", "o.b", "x[1]", "x.last"].freeze
LISTS = %w[l x none p (1..4)].freeze
ANY = (NUMBERS + TEXTS + %w[t u nil_value l x none m o p o.c true false nil]).freeze

number_filter = lambda do
  pick.(["plus: #{pick.(NUMBERS)}", "minus: #{pick.(NUMBERS)}", "times: #{pick.(NUMBERS)}",
         "divided_by: #{pick.(NUMBERS)}", "modulo: #{pick.(NUMBERS)}"])
end
text_filter = lambda do
  pick.(["upcase", "downcase", "capitalize", "append: #{pick.(ANY)}", "prepend: #{pick.(TEXTS)}", "size",
         "remove: 'l'", "replace: 'o', '0'", "remove_first: 'l'", "replace_first: 'o', '0'", "truncate: 7",
         "truncatewords: 1", "split: ' ' | join: '-'", "strip_newlines", "newline_to_br"])
end
list_filter = lambda do
  pick.(["join: ', '", "first", "last", "size", "sort | join: ','", "join"])
end
output = lambda do
  case random.rand(5)
  when 0 then "{{ #{pick.(NUMBERS)} | #{number_filter.()} }}"
  when 1 then "{{ #{pick.(TEXTS)} | #{text_filter.()} }}"
  when 2 then "{{ #{pick.(%w[l x none])} | #{list_filter.()} }}"
  when 3 then "{{ p | map: '#{pick.(%w[k i])}' | join: '+' }}"
  else "{{ #{pick.(ANY)} }}"
  end
end
condition = lambda do
  left = pick.(ANY)
  case random.rand(4)
  when 0 then left
  when 1 then "#{pick.(NUMBERS)} #{pick.(%w[== != < > <= >= <>])} #{pick.(NUMBERS)}"
  when 2 then "#{pick.(TEXTS)} #{pick.(%w[== != contains])} #{pick.(TEXTS)}"
  else "#{left} == #{pick.(%w[nil empty blank true false])}"
  end
end
block = lambda do |depth|
  inner = -> { depth > 2 ? output.() : block.(depth + 1) }
  case random.rand(9)
  when 0 then "{% if #{condition.()} %}#{inner.()}{% elsif #{condition.()} %}#{inner.()}{% else %}#{inner.()}{% endif %}"
  when 1 then "{% unless #{condition.()} #{pick.(%w[and or])} #{condition.()} %}#{inner.()}{% endunless %}"
  when 2
    options = pick.(["", " limit:2", " offset:1", " reversed", " limit:1 offset:1"])
    "{% for i in #{pick.(LISTS)}#{options} %}{{ forloop.index }}#{pick.(["{{ i }}", inner.()])}{% else %}none{% endfor %}"
  when 3 then "{% assign v = #{pick.(NUMBERS)} | #{number_filter.()} %}{{ v }}"
  when 4 then "{% capture v %}#{inner.()}{% endcapture %}[{{ v }}]"
  when 5 then "{% case #{pick.(ANY)} %}{% when 3, 'abc' %}a{% when 7 or true %}b{% else %}#{inner.()}{% endcase %}"
  when 6 then "{% for i in (1..3) %}{% cycle 'a', 'b' %}{% ifchanged %}#{output.()}{% endifchanged %}{% endfor %}"
  else "text #{output.()} "
  end
end

templates = Array.new(count) { Array.new(1 + random.rand(3)) { block.(0) }.join }
lines = templates.map { |template| JSON.generate("template" => template, "context" => DATA) }.join("\n")
answers, = Open3.capture2(binary, "liquid", "--jsonl", "--dialect", "legacy", stdin_data: lines)
answers = answers.lines.map { |line| JSON.parse(line) }
abort "#{answers.size} answers to #{count} templates" unless answers.size == count

same = 0
excused = Hash.new(0)
failures = []
templates.zip(answers) do |template, answer|
  ruby = begin
    Liquid::Template.parse(template).render!(JSON.parse(JSON.generate(DATA)))
  rescue StandardError => e
    e
  end
  agrees = ruby.is_a?(String) ? answer["output"] == ruby : answer.key?("error")
  difference = known.find { |candidate| candidate["pattern"].match?(template) }
  if agrees then same += 1
  elsif difference then excused[difference["why"]] += 1
  else failures << [template, ruby.to_s, answer]
  end
end

puts "#{same} of #{count} templates agree with Ruby's Liquid #{Liquid::VERSION}"
excused.each { |why, number| puts "  #{number} differ as known: #{why}" }
failures.first(10).each { |template, ruby, answer| puts "  #{template}\n    Ruby   #{ruby.inspect}\n    legacy #{answer.inspect}" }
abort "#{failures.size} differ" unless failures.empty?
