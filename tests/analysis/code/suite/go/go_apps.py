"""Go applications: each unsafe one with its safe twin."""

from __future__ import annotations

APPS: dict[str, dict[str, str]] = {
    "command": {
        "main.go": """
        package main
        import (
            "context"
            "os/exec"
            "github.com/aws/aws-lambda-go/events"
            "github.com/aws/aws-lambda-go/lambda"
        )
        func handler(ctx context.Context, request events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
            dir := request.QueryStringParameters["dir"]
            out, err := exec.Command("sh", "-c", "ls "+dir).Output() // !command
            if err != nil {
                return events.APIGatewayProxyResponse{StatusCode: 500}, nil
            }
            exec.Command("ls", dir).Run()
            _ = out
            return events.APIGatewayProxyResponse{StatusCode: 200}, nil
        }
        func main() { lambda.Start(handler) }
    """
    },
    "sql": {
        "main.go": """
        package main
        import (
            "database/sql"
            "fmt"
            "strconv"
            "github.com/aws/aws-lambda-go/events"
            "github.com/aws/aws-lambda-go/lambda"
        )
        var db, _ = sql.Open("postgres", "x")
        func handler(request events.APIGatewayProxyRequest) (string, error) {
            id := request.PathParameters["id"]
            db.Query(fmt.Sprintf("select * from t where id = '%s'", id)) // !sql
            db.Query("select * from t where id = $1", id)
            n, err := strconv.Atoi(id)
            if err != nil {
                return "", err
            }
            db.Query(fmt.Sprintf("select * from t where id = %d", n))
            return "ok", nil
        }
        func main() { lambda.Start(handler) }
    """
    },
    "net/http": {
        "main.go": """
        package main
        import (
            "net/http"
            "os"
            "os/exec"
            "path/filepath"
        )
        func run(w http.ResponseWriter, r *http.Request) {
            name := r.URL.Query().Get("name")
            exec.Command("bash", "-c", name).Run() // !command
            os.ReadFile("/data/" + name) // !path
            os.ReadFile("/data/" + filepath.Base(name))
            http.Redirect(w, r, r.FormValue("next"), 302) // !redirect
            http.Redirect(w, r, "/home", 302)
        }
        func main() {
            http.HandleFunc("/run", run)
            http.ListenAndServe(":8080", nil)
        }
    """
    },
    "branches": {
        "main.go": """
        package main
        import (
            "os/exec"
            "github.com/aws/aws-lambda-go/events"
            "github.com/aws/aws-lambda-go/lambda"
        )
        func handler(request events.APIGatewayProxyRequest) error {
            tool := request.QueryStringParameters["tool"]
            cmd := tool
            if 7*6 > 40 {
                cmd = "ls"
            }
            exec.Command("sh", "-c", cmd).Run()
            switch tool {
            case "ls", "du":
                exec.Command("sh", "-c", tool).Run()
            default:
                exec.Command("sh", "-c", "x "+tool).Run() // !command
            }
            m := map[string]string{"a": tool, "b": "ls"}
            exec.Command("sh", "-c", m["b"]).Run()
            exec.Command("sh", "-c", m["a"]).Run() // !command
            return nil
        }
        func main() { lambda.Start(handler) }
    """
    },
    "methods": {
        "main.go": """
        package main
        import (
            "net/http"
            "github.com/aws/aws-lambda-go/events"
            "github.com/aws/aws-lambda-go/lambda"
        )
        type Fetcher struct {
            host string
            base string
        }
        func (f *Fetcher) bad() { http.Get(f.host) } // !ssrf
        func (f *Fetcher) good() { http.Get(f.base) }
        func handler(request events.APIGatewayProxyRequest) error {
            f := &Fetcher{host: request.QueryStringParameters["u"], base: "https://x"}
            f.bad()
            f.good()
            return nil
        }
        func main() { lambda.Start(handler) }
    """
    },
    "hashes": {
        "main.go": """
        package main
        import (
            "crypto/md5"
            "crypto/sha256"
            "github.com/aws/aws-lambda-go/lambda"
        )
        func handler() error {
            md5.Sum([]byte("x")) // !weak-hash
            sha256.Sum256([]byte("x"))
            return nil
        }
        func main() { lambda.Start(handler) }
    """
    },
    "queue": {
        "main.go": """
        package main
        import (
            "context"
            "encoding/json"
            "os/exec"
            "github.com/aws/aws-lambda-go/events"
            "github.com/aws/aws-lambda-go/lambda"
        )
        type Job struct { File string }
        func handler(ctx context.Context, event events.SQSEvent) error {
            for _, record := range event.Records {
                var job Job
                json.Unmarshal([]byte(record.Body), &job)
                exec.Command("sh", "-c", "convert "+job.File).Run() // !command
                exec.Command("sh", "-c", "convert fixed").Run()
            }
            return nil
        }
        func main() { lambda.Start(handler) }
    """
    },
    "bucket": {
        "main.go": """
        package main
        import (
            "context"
            "os"
            "os/exec"
            "path/filepath"
            "github.com/aws/aws-lambda-go/events"
            "github.com/aws/aws-lambda-go/lambda"
        )
        func handler(ctx context.Context, event events.S3Event) error {
            for _, record := range event.Records {
                key := record.S3.Object.Key
                os.WriteFile("/tmp/"+key, []byte("x"), 0600) // !path
                os.WriteFile("/tmp/"+filepath.Base(key), []byte("x"), 0600)
                exec.Command("sh", "-c", "identify "+key).Run() // !command
                exec.Command("identify", "--", key).Run()
            }
            return nil
        }
        func main() { lambda.Start(handler) }
    """
    },
    "topic": {
        "main.go": """
        package main
        import (
            "context"
            "net/http"
            "strconv"
            "github.com/aws/aws-lambda-go/events"
            "github.com/aws/aws-lambda-go/lambda"
        )
        func handler(ctx context.Context, event events.SNSEvent) error {
            for _, record := range event.Records {
                http.Get(record.SNS.Message) // !ssrf
                n, err := strconv.Atoi(record.SNS.Message)
                if err != nil {
                    return err
                }
                http.Get("https://hooks.example.com/" + strconv.Itoa(n))
            }
            return nil
        }
        func main() { lambda.Start(handler) }
    """
    },
    "function url": {
        "main.go": """
        package main
        import (
            "database/sql"
            "os/exec"
            "github.com/aws/aws-lambda-go/events"
            "github.com/aws/aws-lambda-go/lambda"
        )
        var db, _ = sql.Open("mysql", "x")
        func handler(request events.LambdaFunctionURLRequest) (string, error) {
            column := request.QueryStringParameters["sort"]
            db.Query("select id from t order by " + column) // !sql
            name := "fixed"
            if len(name) > 100 {
                name = column
            }
            fields := map[string]string{"a": column, "b": "fixed"}
            exec.Command("sh", "-c", "ls "+fields["b"]).Run()
            exec.Command("sh", "-c", "ls "+fields["a"]).Run() // !command
            return "", nil
        }
        func main() { lambda.Start(handler) }
    """
    },
}
