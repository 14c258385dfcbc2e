-- Sends of the request in the file `REQUEST`, with other numbers in the place of every `@`. `DEPTH` requests go out at once on a
-- connection: more than one shows what the server's own work takes, without that of the network for every single one.
-- The requests are written beforehand, so that wrk can keep a server busy that does next to nothing.
local VARIANTS = 256

local depth = tonumber(os.getenv("DEPTH") or "1")
local body = assert(io.open(os.getenv("REQUEST"))):read("a")
local headers = { ["Authorization"] = "Bearer key", ["Content-Type"] = "application/json", ["User-Agent"] = "Customer.io Node Client/5.2.0" }

local requests = {}
local last = 0

init = function()
  local number = 0
  for variant = 1, VARIANTS do
    local all = {}
    for place = 1, depth do
      number = number + 1
      all[place] = wrk.format("POST", "/v1/send/inbox_message", headers, (body:gsub("@", number)))
    end
    requests[variant] = table.concat(all)
  end
end

request = function()
  last = last % VARIANTS + 1
  return requests[last]
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("sends %d %.0f/s p50 %.2f ms p99 %.2f ms refused %d broken %d\n",
    summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
