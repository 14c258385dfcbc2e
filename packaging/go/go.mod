module github.com/inkproof/inkproof/packaging/go

go 1.21
