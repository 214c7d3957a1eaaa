// Command versitygw is the versitygw S3 server with its POSIX backend alone. The command of the same name in its own
// module also holds backends for clouds and a test suite, which take longer to compile than the server.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	address := flag.String("port", "", "address and port to listen on")
	region := flag.String("region", "us-east-1", "name of the region for clients")
	health := flag.String("health", "", "path that answers without credentials")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	// A bucket is a folder, an object a file in it; nothing is kept in extended attributes.
	options := posix.PosixOpts{Concurrency: 5000, CopyObjectThreshold: 5 << 30}
	folder, err := posix.New(flag.Arg(0), meta.NoMeta{}, options)
	if err != nil {
		log.Fatal(err)
	}
	err = embedgw.RunVersityGW(ctx, folder, &embedgw.Config{
		RootUserAccess:    os.Getenv("ROOT_ACCESS_KEY"),
		RootUserSecret:    os.Getenv("ROOT_SECRET_KEY"),
		Region:            *region,
		Ports:             []string{*address},
		MaxConnections:    250000,
		MaxRequests:       100000,
		MultipartMaxParts: 10000,
		HealthPath:        *health,
		Quiet:             true,
	})
	if err != nil {
		log.Fatal(err)
	}
}
