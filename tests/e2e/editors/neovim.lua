-- Edits a copy of `shop` in Neovim with its own client: diagnostics, completion, definition, rename across files and a code
-- action. Runs in Neovim 0.7 (Debian 12) and later: `nvim -n --headless --clean -c 'luafile neovim.lua'` in
-- the copy.

local ORDER = 'templates/order.liquid'
local GIFT = 'fixtures/requests/order/gift.json'
local PLAIN = 'fixtures/requests/order/plain.json'
local PATIENCE = 30000

-- Ends Neovim with a status, as a script must.
local function finish(failure)
  if failure then io.stderr:write(failure .. '\n') end
  vim.cmd(failure and 'cquit 1' or 'qall!')
end

local function wait_for(what, condition)
  if not vim.wait(PATIENCE, condition, 10) then error('timed out: ' .. what) end
end

local function equal(found, expected, what)
  if not vim.deep_equal(found, expected) then
    error(what .. ': expected ' .. vim.inspect(expected) .. ', found ' .. vim.inspect(found))
  end
end

local function text(name)
  return table.concat(vim.api.nvim_buf_get_lines(vim.fn.bufnr(name), 0, -1, true), '\n')
end

local function open(name)
  vim.cmd('edit ' .. name)
  return vim.api.nvim_get_current_buf()
end

-- Puts the cursor at the last character of the only place with a text.
local function go_to(part)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, true)) do
    local _, last = line:find(part, 1, true)
    if last then
      vim.api.nvim_win_set_cursor(0, { number, last - 1 })
      return
    end
  end
  error('no ' .. part)
end

local function replace(part, by)
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, true)
  for number, line in ipairs(lines) do
    local first, last = line:find(part, 1, true)
    if first then
      vim.api.nvim_buf_set_text(0, number - 1, first - 1, number - 1, last, { by })
      return
    end
  end
  error('no ' .. part)
end

-- The diagnostics of the current buffer as `line: text code`.
local function diagnostics()
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    local line = vim.api.nvim_buf_get_lines(0, diagnostic.lnum, diagnostic.lnum + 1, true)[1]
    local covered = line:sub(diagnostic.col + 1, diagnostic.end_col)
    local code = diagnostic.code or diagnostic.user_data.lsp.code
    table.insert(found, string.format('%d: %s %s', diagnostic.lnum + 1, covered, code))
  end
  table.sort(found)
  return found
end

local function wait_for_diagnostics(expected)
  local matches = function() return vim.deep_equal(diagnostics(), expected) end
  if not vim.wait(PATIENCE, matches, 10) then equal(diagnostics(), expected, 'diagnostics') end
end

local function run()
  local buffer = open(ORDER)
  local client = vim.lsp.start_client({
    name = 'inkproof',
    cmd = { vim.env.INKPROOF_BIN, 'lsp' },
    root_dir = vim.fn.getcwd(),
    workspace_folders = { { uri = vim.uri_from_fname(vim.fn.getcwd()), name = 'shop' } },
  })
  vim.lsp.buf_attach_client(buffer, client)
  wait_for('the server', function() return #vim.lsp.buf_get_clients(buffer) > 0 end)

  -- Diagnostics, also while typing; the emoji before the column counts as Neovim counts it.
  local unsafe = '10: {{ trigger.gift.text | upcase }} json-unsafe'
  wait_for_diagnostics({ unsafe })
  replace('trigger.number', 'trigger.nummer')
  wait_for_diagnostics({
    unsafe,
    '8: trigger.nummer missing-data',
    '8: trigger.nummer missing-data',
    '8: {{ trigger.nummer }} json-unsafe',
  })
  replace('trigger.nummer', 'trigger.number')
  wait_for_diagnostics({ unsafe })

  -- Completion after an emoji, as the menu shows it.
  go_to('🎉 {{ trigger.n')
  local answers = vim.lsp.buf_request_sync(buffer, 'textDocument/completion', vim.lsp.util.make_position_params(), PATIENCE)
  local words = vim.tbl_map(function(item) return item.label end, answers[client].result.items)
  equal(words, { 'items', 'number', 'gift' }, 'completion')

  -- From a variable to the requests that have it, in the quickfix list.
  go_to('🎉 {{ trigger.num')
  vim.lsp.buf.definition()
  wait_for('the definitions', function() return #vim.fn.getqflist() == 2 end)
  local places = vim.tbl_map(function(item)
    return string.format('%s %d:%d', vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ':.'), item.lnum, item.col)
  end, vim.fn.getqflist())
  equal(places, { GIFT .. ' 4:21', PLAIN .. ' 4:34' }, 'definition')
  vim.cmd('cclose')

  -- A local variable has one definition: Neovim goes there.
  vim.cmd('buffer ' .. buffer)
  go_to('{{ tota')
  vim.lsp.buf.definition()
  wait_for('the definition', function() return vim.deep_equal(vim.api.nvim_win_get_cursor(0), { 6, 11 }) end)

  -- A key of the data: in the template and in every request at once.
  local before = text(ORDER)
  go_to('🎉 {{ trigger.num')
  vim.lsp.buf.rename('order_number')
  wait_for('the rename', function() return text(ORDER) ~= before end)
  equal(text(ORDER), (before:gsub('trigger%.number', 'trigger.order_number')), 'renamed template')
  for _, name in ipairs({ GIFT, PLAIN }) do
    local line = vim.api.nvim_buf_get_lines(vim.fn.bufnr(name), 3, 4, true)[1]
    assert(line:find('"order_number": ', 1, true) and not line:find('"number"', 1, true), line)
  end
  vim.cmd('buffer ' .. buffer)
  -- This Neovim does not watch files: the server sees the saved requests itself.
  wait_for('diagnostics of the unsaved requests', function() return #diagnostics() > 1 end)
  vim.cmd('wall')
  wait_for_diagnostics({ unsafe })

  -- The fix of a finding.
  local titles = {}
  vim.ui.select = function(actions, _, choose)
    for _, action in ipairs(actions) do
      local title = action[2].title
      table.insert(titles, title)
      if title == 'let `json` write the string' then choose(action) end
    end
  end
  go_to('{{ trigger.gift.te')
  vim.lsp.buf.code_action()
  wait_for('the code action', function() return text(ORDER):find('{% endcapture %}{{ text', 1, true) ~= nil end)
  equal(titles[1], 'let `json` write the string', 'code actions')
  wait_for_diagnostics({})

  vim.lsp.stop_client(client)
  wait_for('the end of the server', function() return vim.lsp.client_is_stopped(client) end)
end

local fine, failure = xpcall(run, debug.traceback)
finish(not fine and failure or nil)
