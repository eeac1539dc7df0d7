-- For wrk: sends each prepared request of a file once, waits for every answer, tells how long all of it took.
-- File: for each request a line with its length, then its bytes. Arguments: file, wanted status.
local ffi = require("ffi")
ffi.cdef[[
typedef struct { long seconds; long nanoseconds; } bench_time;
int clock_gettime(int clock, bench_time *time);
int getpid(void);
int kill(int process, int signal);
]]

local function now()
  local time = ffi.new("bench_time")
  ffi.C.clock_gettime(1, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  requests, promised, sent, answered, wrong, first_wrong, began, took = {}, 0, 0, 0, 0, 0, 0, 0
  wanted = tonumber(arguments[2])
  local file = assert(io.open(arguments[1], "rb"))
  for length in file:lines() do
    table.insert(requests, file:read(tonumber(length)))
  end
  file:close()
end

-- A connection that finds nothing left to send is put to sleep: it must not disturb the last answers.
function delay()
  promised = promised + 1
  return promised <= #requests and 0 or 3600000
end

function request()
  -- wrk asks once before it starts, to see what kind of requests these are.
  if not asked_before then
    asked_before = true
    return requests[1]
  end
  if sent == 0 then began = now() end
  sent = sent + 1
  return requests[sent]
end

function response(status, headers, body)
  answered = answered + 1
  if status ~= wanted then
    wrong = wrong + 1
    if first_wrong == 0 then first_wrong = status end
  end
  if answered == #requests then
    took = now() - began
    -- The main thread sleeps until its time is over; an interrupt ends that.
    ffi.C.kill(ffi.C.getpid(), 2)
  end
end

function done(summary, latency, requests)
  local thread = threads[1]
  io.write(string.format(
    'RESULT {"answered": %d, "wrong": %d, "first_wrong": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "max": %.3f, "errors": %d}\n',
    thread:get("answered"), thread:get("wrong"), thread:get("first_wrong"), thread:get("took"),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
