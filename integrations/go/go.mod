module inkproof

go 1.21
