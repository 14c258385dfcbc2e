-- Sends of the request in the file `REQUEST`, each with another number in the place of every `@`. `DEPTH` requests go out at
-- once on a connection: more than one shows what the server's own work takes, without that of the network for every
-- single one.
local depth = tonumber(os.getenv("DEPTH") or "1")
local count = 0
local body = assert(io.open(os.getenv("REQUEST"))):read("a")

local headers = { ["Authorization"] = "Bearer key", ["Content-Type"] = "application/json", ["User-Agent"] = "Customer.io Node Client/5.2.0" }

request = function()
  local all = {}
  for place = 1, depth do
    count = count + 1
    all[place] = wrk.format("POST", "/v1/send/inbox_message", headers, (body:gsub("@", count)))
  end
  return table.concat(all)
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("sends %d %.0f/s p50 %.2f ms p99 %.2f ms refused %d broken %d\n",
    summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
