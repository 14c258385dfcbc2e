" What the screenshot of Neovim in docs/editor.md shows: findings beside the lines, and the hover of a variable. In Neovim 0.7.
set laststatus=0 noruler noshowcmd noshowmode signcolumn=yes shortmess+=F nowrap background=dark fillchars=eob:\ 
syntax on
set filetype=liquid
" The sixteen colours of the terminal, so that the screenshot can be drawn in a light and a dark theme.
highlight SignColumn ctermbg=NONE
highlight NormalFloat ctermbg=NONE ctermfg=NONE
highlight FloatBorder ctermbg=NONE ctermfg=8
highlight PreProc ctermfg=6
highlight Special ctermfg=6
highlight Statement ctermfg=5
highlight Identifier cterm=NONE ctermfg=4
highlight Type ctermfg=2
highlight DiagnosticInfo ctermfg=4
highlight DiagnosticWarn ctermfg=3
highlight DiagnosticError ctermfg=1
lua << LUA
vim.diagnostic.config({
  virtual_text = { prefix = '■', format = function(found) return (found.message:match('^[^\n]*')) end },
  severity_sort = true,
})
vim.lsp.handlers['textDocument/hover'] = vim.lsp.with(vim.lsp.handlers.hover, { border = 'rounded' })
local client = vim.lsp.start_client({
  name = 'inkproof',
  cmd = { vim.env.INKPROOF_BIN, 'lsp' },
  root_dir = vim.fn.getcwd(),
  workspace_folders = { { uri = vim.uri_from_fname(vim.fn.getcwd()), name = 'shop' } },
})
vim.lsp.buf_attach_client(0, client)
LUA
