using TocsinSdk.Runs;
using TocsinSdk.Telemetry;
using TocsinSdk.Tests.Support;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Telemetry;

public sealed class OtlpTargetTests
{
    private readonly Dictionary<string, string> _variables = [];
    private readonly Settings _settings = Settings.Resolve(o =>
    {
        o.Url = "http://tocsin:4480/base/";
        o.Key = "key";
    }, Around.Nothing);

    private OtlpTarget this[Signal signal] => OtlpTarget.Of(signal, _settings, _variables.GetValueOrDefault);

    private OtlpTarget Logs => this[Signal.Logs];

    [Fact]
    public void Without_variables_everything_goes_to_Tocsin_with_its_key()
    {
        foreach (var signal in Enum.GetValues<Signal>())
        {
            this[signal].Url.ToString().ShouldBe("http://tocsin:4480/base/v1/" + signal.Name());
            this[signal].IsGrpc.ShouldBeFalse();
            this[signal].Headers.ShouldBe([new("Authorization", "Bearer key")]);
        }
        (Logs.Gzip, Logs.Timeout).ShouldBe((false, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void An_endpoint_of_their_own_never_gets_the_key()
    {
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://collector:4318/in/";
        _variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        Logs.Url.ToString().ShouldBe("https://collector:4318/in/v1/logs");
        Logs.Headers.ShouldBeEmpty();
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "";
        Logs.Headers.ShouldNotBeEmpty();
    }

    [Fact]
    public void The_endpoint_of_one_signal_is_taken_as_it_stands_and_for_that_signal_alone()
    {
        _variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://traces:9411/here";
        _variables["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf";
        this[Signal.Traces].Url.ToString().ShouldBe("http://traces:9411/here");
        this[Signal.Traces].Headers.ShouldBeEmpty();
        this[Signal.Metrics].Url.ToString().ShouldBe("http://tocsin:4480/base/v1/metrics");
        this[Signal.Metrics].Headers.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("grpc", true)]
    [InlineData(" grpc ", true)]
    [InlineData("http/protobuf", false)]
    public void Elsewhere_gRPC_is_taken_for_granted(string? protocol, bool grpc)
    {
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317";
        if (protocol is not null)
            _variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        this[Signal.Traces].IsGrpc.ShouldBe(grpc);
        this[Signal.Traces].Url.AbsolutePath.ShouldBe(
            grpc ? "/opentelemetry.proto.collector.trace.v1.TraceService/Export" : "/v1/traces");
        this[Signal.Traces].ToRoute(Signal.Traces).Grpc.ShouldBe(grpc);
    }

    [Fact]
    public void Tocsin_itself_is_never_spoken_to_by_gRPC()
    {
        _variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        (Logs.IsGrpc, Logs.Url.AbsolutePath).ShouldBe((false, "/base/v1/logs"));
    }

    [Theory]
    [InlineData("collector:4317")]
    [InlineData("ftp://collector")]
    [InlineData("not an address")]
    public void An_endpoint_that_is_no_web_address_counts_as_unset(string endpoint)
    {
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        Logs.Url.Host.ShouldBe("tocsin");
    }

    [Theory]
    [InlineData("a=1,b=2", "a:1|b:2")]
    [InlineData(" a = 1 , b=x%20y%2Cz ", "a:1|b:x y,z")]
    [InlineData("a=1=2", "a:1=2")]
    [InlineData("a=", "a:")]
    [InlineData("=1,b,,", "")]
    [InlineData("a b=1,ä=2", "")]
    [InlineData("a=x%0D%0AInjected: 1", "")]
    [InlineData("Content-Length=0,HOST=evil,transfer-encoding=chunked,a=1", "a:1")]
    public void Headers_are_read_as_baggage_is_and_cannot_break_the_request(string text, string expected)
    {
        _variables["OTEL_EXPORTER_OTLP_HEADERS"] = text;
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317";
        string.Join('|', Logs.Headers.Select(h => h.Key + ":" + h.Value)).ShouldBe(expected);
    }

    [Fact]
    public void Headers_of_their_own_stand_in_for_the_key_and_those_of_a_signal_go_first()
    {
        _variables["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=mine";
        _variables["OTEL_EXPORTER_OTLP_LOGS_HEADERS"] = "x=1";
        this[Signal.Traces].Headers.ShouldBe([new("authorization", "mine")]);
        Logs.Headers.ShouldBe([new("x", "1")]);
    }

    [Theory]
    [InlineData("2500", 2500)]
    [InlineData("0", 10_000)]
    [InlineData("-1", 10_000)]
    [InlineData("soon", 10_000)]
    public void A_timeout_is_milliseconds(string text, int expected)
    {
        _variables["OTEL_EXPORTER_OTLP_TIMEOUT"] = text;
        Logs.Timeout.TotalMilliseconds.ShouldBe(expected);
    }

    [Theory]
    [InlineData("gzip", false, true)]
    [InlineData("none", true, false)]
    [InlineData(null, true, true)]
    public void Compression_follows_the_variable_before_the_option(string? variable, bool option, bool gzip)
    {
        _settings.Options.Transport.Gzip = option;
        if (variable is not null)
            _variables["OTEL_EXPORTER_OTLP_LOGS_COMPRESSION"] = variable;
        Logs.Gzip.ShouldBe(gzip);
    }
}
