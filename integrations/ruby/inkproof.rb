# frozen_string_literal: true

require "json"
require "net/http"

# A helper for RSpec: a server of `inkproof serve` for tests.
class Inkproof
  # The address for Customer.io's client.
  attr_reader :url

  # Starts a server for the project in `dir`, or uses the one at `INKPROOF_URL`.
  def initialize(dir: ".", args: [])
    @url = ENV["INKPROOF_URL"]
    return if @url

    program = ENV.fetch("INKPROOF_BIN", "inkproof")
    @output = IO.popen([program, "-C", dir, "serve", "--port", "0", "--quiet", *args])
    @url = @output.gets&.strip or raise "inkproof did not start"
  end

  # Ends the server, if it was started here.
  def stop
    return unless @output

    Process.kill("TERM", @output.pid)
    @output.close
  end

  # Waits until `count` messages match, and returns them, newest first.
  def wait(**filters)
    request(Net::HTTP::Get, "/wait?#{URI.encode_www_form(filters)}")["messages"]
  end

  # The messages that match, newest first.
  def messages(**filters)
    request(Net::HTTP::Get, "/messages?#{URI.encode_www_form(filters)}")["messages"]
  end

  # Makes the next requests fail, such as `fault(preset: "rate_limited", times: 1)`.
  def fault(**fault)
    request(Net::HTTP::Post, "/faults", fault)
  end

  # Deletes all messages, faults and people, and resets the clock.
  def reset
    request(Net::HTTP::Post, "/reset")
  end

  private

  def request(method, path, body = nil)
    uri = URI("#{@url}/inkproof/api#{path}")
    answer = Net::HTTP.start(uri.host, uri.port, read_timeout: 130) { |http| http.request(method.new(uri), body&.to_json) }
    result = JSON.parse(answer.body)
    raise result.dig("meta", "error") unless answer.is_a?(Net::HTTPSuccess)

    result
  end
end
