-- Sends the requests of a file that requests.mjs writes, in the order that it has them in.
-- Arguments: the file, and the number that stands in the first request that has one.

local heads, tails, order = {}, {}, {}
local at, number, form, range = 0, 0, nil, 1

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local count, length, width = file:read("*n", "*n", "*n")
  if width > 0 then
    form = "%0" .. width .. "d"
    range = 10 ^ width
  end
  number = tonumber(args[2])
  for i = 1, count do
    local head, tail = file:read("*n", "*n")
    file:read(1)
    heads[i] = file:read(head)
    tails[i] = tail > 0 and file:read(tail) or ""
  end
  for i = 1, length do
    order[i] = file:read("*n")
  end
  file:close()
end

function request()
  at = at % #order + 1
  local one = order[at]
  if form == nil then
    return heads[one]
  end
  number = number + 1
  return heads[one] .. string.format(form, number % range) .. tails[one]
end
