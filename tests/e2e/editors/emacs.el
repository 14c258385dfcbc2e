;;; emacs.el --- Edits a copy of `shop' in Emacs with Eglot: diagnostics and hover.  -*- lexical-binding: t -*-

;;; Commentary:

;; Runs in Emacs 28 with Debian's elpa-eglot, and in later versions: `emacs --batch --load emacs.el' in the copy.

;;; Code:

(package-initialize)
(require 'eglot)
(require 'flymake)

(defconst patience 30 "How long to wait for the server, in seconds.")

(defmacro wait-for (what condition)
  "Wait until CONDITION holds; fail with the name WHAT and its last value if it never does."
  `(let ((end (+ (float-time) patience)) found)
     (while (not (setq found ,condition))
       (when (> (float-time) end)
         (error "Timed out: %s; diagnostics: %S" ,what (shown)))
       (accept-process-output nil 0.02))
     found))

(defun shown ()
  "The diagnostics of the buffer as `line: text: message'."
  (mapcar (lambda (diagnostic)
            (let ((start (flymake-diagnostic-beg diagnostic)) (end (flymake-diagnostic-end diagnostic)))
              (format "%d: %s: %s" (line-number-at-pos start) (buffer-substring-no-properties start end)
                      (flymake-diagnostic-text diagnostic))))
          (flymake-diagnostics)))

(defun is-shown (prefix)
  "Whether a diagnostic with this PREFIX is shown."
  (seq-find (lambda (line) (string-prefix-p prefix line)) (shown)))

(defun replace-with (old new)
  "Replace the only OLD by NEW, as typing does."
  (goto-char (point-min))
  (search-forward old)
  (replace-match new t t))

(define-derived-mode liquid-mode prog-mode "Liquid")
(add-to-list 'auto-mode-alist '("\\.liquid\\'" . liquid-mode))
(add-to-list 'eglot-server-programs (list 'liquid-mode (getenv "INKPROOF_BIN") "lsp"))
(setq eglot-sync-connect t
      eglot-confirm-server-initiated-edits nil
      flymake-no-changes-timeout 0.01)

(defun run ()
  "The test."
  (find-file "templates/order.liquid")
  (call-interactively #'eglot)
  ;; In a batch, no idle timer starts Flymake.
  (flymake-mode 1)
  (wait-for "the first diagnostics" (is-shown "10: {{ trigger.gift.text | upcase }}: "))
  (replace-with "trigger.number" "trigger.nummer")
  (eglot--signal-textDocument/didChange)
  (wait-for "the diagnostics of a change" (is-shown "8: trigger.nummer: "))
  (replace-with "trigger.nummer" "trigger.number")
  (eglot--signal-textDocument/didChange)
  (wait-for "the end of the diagnostics of the change" (not (is-shown "8: ")))
  ;; Hover, after an emoji.
  (goto-char (point-min))
  (search-forward "🎉 {{ trigger.num")
  (let ((hover nil))
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq hover text)))
    (wait-for "the hover" hover)
    (dolist (part '("trigger.number" "If it is missing, the message fails." "order/gift" "7" "order/plain" "8"))
      (unless (string-search part hover) (error "No %s in the hover: %s" part hover))))
  (eglot-shutdown (eglot-current-server)))

(condition-case failure
    (run)
  (error (message "%s" (error-message-string failure)) (kill-emacs 1)))
(kill-emacs 0)
;;; emacs.el ends here
