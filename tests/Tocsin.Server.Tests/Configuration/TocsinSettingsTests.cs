using Tocsin.Model;
using Tocsin.Server.Configuration;

namespace Tocsin.Server.Tests.Configuration;

public sealed class TocsinSettingsTests
{
    private static readonly Dictionary<string, string> s_none = [];

    private static (TocsinSettings Settings, string[] Errors) Read(
        string yaml, Dictionary<string, string>? environment = null, Dictionary<string, string>? flags = null)
    {
        string file = Path.Combine(Path.GetTempPath(), $"tocsin-{Guid.NewGuid():N}.yaml");
        File.WriteAllText(file, yaml);
        try
        {
            ConfigSource source = ConfigSource.Open(file, flags ?? s_none, name => environment?.GetValueOrDefault(name));
            TocsinSettings settings = TocsinSettings.Read(source);
            return (settings, [.. source.Errors.Select(e => e.ToString().Replace(file, "tocsin.yaml"))]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void An_empty_file_gives_the_defaults()
    {
        (TocsinSettings settings, string[] errors) = Read("");
        errors.ShouldBeEmpty();
        settings.HttpPort.ShouldBe(4480);
        settings.OtlpGrpcPort.ShouldBe(4317);
        settings.Retention.Logs.ShouldBe(TimeSpan.FromDays(30));
        settings.IsLoopback.ShouldBeTrue();
    }

    [Fact]
    public void A_flag_beats_a_variable_and_a_variable_beats_the_file()
    {
        const string Yaml = "http:\n  port: 1000\notlp:\n  http_port: 1001\n  grpc_port: 1002\n";
        (TocsinSettings settings, string[] errors) = Read(Yaml,
            new() { ["TOCSIN_HTTP_PORT"] = "2000", ["TOCSIN_OTLP_HTTP_PORT"] = "2001" }, new() { ["http.port"] = "3000" });
        errors.ShouldBeEmpty();
        (settings.HttpPort, settings.OtlpHttpPort, settings.OtlpGrpcPort).ShouldBe((3000, 2001, 1002));
    }

    [Fact]
    public void Variables_are_filled_in_with_their_default_when_unset()
    {
        (TocsinSettings settings, string[] errors) = Read("data: ${ROOT}/x-${PART:-one}\n", new() { ["ROOT"] = "/srv" });
        errors.ShouldBeEmpty();
        settings.DataDirectory.ShouldBe("/srv/x-one");
    }

    [Fact]
    public void An_unset_variable_without_default_names_file_line_and_key()
    {
        (_, string[] errors) = Read("http:\n  port: 4480\nauth:\n  admin_password: ${NO_SUCH}\n");
        errors.ShouldContain(e => e.StartsWith("tocsin.yaml:4: auth.admin_password: environment variable NO_SUCH is not set"));
    }

    [Theory]
    [InlineData("http:\n  port: many\n", "tocsin.yaml:2: http.port: a whole number from 0 to 65535 is expected, found 'many'")]
    [InlineData("http:\n  port: 70000\n", "tocsin.yaml:2: http.port: a whole number from 0 to 65535 is expected, found '70000'")]
    [InlineData("retention:\n  logs: forever\n", "tocsin.yaml:2: retention.logs: a duration such as 90s, 15m, 36h or 30d is expected, found 'forever'")]
    [InlineData("network:\n  allow: [ten]\n", "tocsin.yaml:2: network.allow: networks such as 10.0.0.0/8 or 127.0.0.1/32 are expected, found 'ten'")]
    [InlineData("htp:\n  port: 1\n", "tocsin.yaml:1: htp: this setting is not known")]
    [InlineData("http: 4480\n", "tocsin.yaml:1: http: a mapping (indented key: value lines) is expected")]
    [InlineData("- a\n- b\n", "tocsin.yaml:1: a mapping of settings (key: value) is expected at the top")]
    [InlineData("channels:\n  - name: x\n", "tocsin.yaml:2: channels[0].name: each channel needs a name and a kind")]
    [InlineData("http: {address: 0.0.0.0}\n", "tocsin.yaml:1: http.address: listening on 0.0.0.0 lets other machines in")]
    [InlineData("a: [\n", "not valid YAML")]
    [InlineData("syslog:\n  tls:\n    port: 6514\n", "tocsin.yaml:3: syslog.tls.certificate: a path to a PEM file is expected")]
    [InlineData("syslog:\n  tls:\n    port: 6514\n    certificate: a\n", "tocsin.yaml:3: syslog.tls.key: a path to a PEM file is expected")]
    [InlineData("syslog:\n  tls:\n    certificate: a\n    key: b\n", "tocsin.yaml:3: syslog.tls.port: the port to listen on is expected, usually 6514")]
    [InlineData("syslog:\n  tls:\n    port: 1\n    certificate: /no/such.crt\n    key: /no/such.key\n",
        "tocsin.yaml:4: syslog.tls.certificate: PEM files with a certificate and its key are expected, but /no/such.crt with /no/such.key cannot be used: Could not find")]
    [InlineData("syslog:\n  tls:\n    port: 1\n    certificate: a\n    key: b\n    client_ca: /no/ca.crt\n",
        "tocsin.yaml:6: syslog.tls.client_ca: a PEM file with certificates is expected, but /no/ca.crt cannot be used: ")]
    [InlineData("syslog:\n  tls:\n    port: 1\n    address: here\n", "tocsin.yaml:4: syslog.tls.address: an IP address to listen on is expected")]
    [InlineData("syslog:\n  tls:\n    cert: a\n", "tocsin.yaml:3: syslog.tls.cert: this setting is not known")]
    public void A_mistake_names_file_line_key_and_what_was_expected(string yaml, string expected) =>
        Read(yaml).Errors.ShouldContain(e => e.Contains(expected));

    [Fact]
    public void A_wrong_variable_is_named_as_the_place() =>
        Read("", new() { ["TOCSIN_HTTP_PORT"] = "x" }).Errors
            .ShouldBe(["TOCSIN_HTTP_PORT: http.port: a whole number from 0 to 65535 is expected, found 'x'"]);

    [Fact]
    public void A_missing_file_is_an_error() =>
        ConfigSource.Open("/no/such.yaml", s_none, _ => null).Errors.ShouldHaveSingleItem().Problem.ShouldBe("the file does not exist");

    [Fact]
    public void Channels_keep_their_own_settings()
    {
        (TocsinSettings settings, string[] errors) = Read("channels:\n  - name: ops\n    kind: email\n    to: [a@x.org, b@x.org]\n    port: 587\n");
        errors.ShouldBeEmpty();
        ChannelEntry channel = settings.Channels.ShouldHaveSingleItem();
        channel.Values["to"].ShouldBe("a@x.org,b@x.org");
        channel.Values["port"].ShouldBe("587");
    }

    [Fact]
    public void Two_channels_with_one_name_are_refused() =>
        Read("channels:\n  - {name: a, kind: slack}\n  - {name: a, kind: slack}\n").Errors.ShouldContain(e => e.Contains("two channels are called 'a'"));

    [Fact]
    public void Retention_has_classes_and_budgets()
    {
        (TocsinSettings settings, string[] errors) = Read("""
            retention:
              logs: 10d
              max_bytes: 50GB
              logs_max_bytes: 500MiB
              classes:
                - { name: debug, where: "level:<=debug", days: 3 }
                - { name: payments, where: "service:payments", days: 365, max_bytes: 20GB, of: all }
            """);
        errors.ShouldBeEmpty();
        RetentionSettings kept = settings.Retention;
        (kept.MaxBytes, kept.MaxLogBytes, kept.MaxSpanBytes).ShouldBe((50_000_000_000, 500L << 20, long.MaxValue));
        kept.Classes.Select(c => (c.Name, c.Keep.TotalDays, c.MaxBytes, c.Dataset)).ShouldBe(
            [("debug", 3, long.MaxValue, Dataset.Logs), ("payments", 365, 20_000_000_000, null)]);
        kept.Longest(Dataset.Logs).ShouldBe(TimeSpan.FromDays(365));
        kept.Longest(Dataset.Spans).ShouldBe(TimeSpan.FromDays(365));
    }

    [Fact]
    public void Queries_have_budgets()
    {
        (TocsinSettings settings, string[] errors) = Read("query: { memory: 64MiB, total_memory: 1GiB, rows: 5000000, time: 90s }\n");
        errors.ShouldBeEmpty();
        settings.Query.ShouldBe(new QuerySettings
        {
            Memory = 64L << 20, TotalMemory = 1L << 30, Rows = 5_000_000, Time = TimeSpan.FromSeconds(90),
        });
        Read("query: { memory: 1GiB }\n").Settings.Query.ShouldBe(new QuerySettings { Memory = 1L << 30, TotalMemory = 2L << 30 });
    }

    [Theory]
    [InlineData("memory: 12KiB", "query.memory: a size of at least 1MiB")]
    [InlineData("total_memory: 2MiB", "query.total_memory: at least as much as one query may take")]
    [InlineData("rows: -1", "query.rows: a whole number")]
    [InlineData("time: fast", "query.time: a duration such as 90s")]
    [InlineData("cells: 7", "query.cells: this setting is not known")]
    public void A_wrong_query_budget_is_named_with_what_was_expected(string line, string problem) =>
        Read($"query:\n  {line}\n").Errors.ShouldContain(e => e.Contains(problem));

    [Theory]
    [InlineData("{ name: Logs, where: x, days: 3 }", "classes[0].name: lower-case letters")]
    [InlineData("{ name: a, days: 3 }", "classes[0].where: a condition such as")]
    [InlineData("{ name: a, where: \"level:\", days: 3 }", "classes[0].where: expected")]
    [InlineData("{ name: a, where: x }", "classes[0].days: a whole number of days")]
    [InlineData("{ name: a, where: x, days: 3, max_bytes: 5MB }", "classes[0].max_bytes: a size of at least 64MB")]
    [InlineData("{ name: a, where: x, days: 3, of: metrics }", "classes[0].of: logs, spans or all")]
    [InlineData("{ name: a, where: x, days: 3, keep: 4 }", "classes[0].keep: this setting is not known")]
    [InlineData("{ name: a, where: x, days: 3 }, { name: a, where: y, days: 3 }", "classes[1].name: two classes are called 'a'")]
    public void A_wrong_class_is_named_with_what_was_expected(string classes, string problem) =>
        Read($"retention:\n  classes: [ {classes} ]\n").Errors.ShouldContain(e => e.Contains(problem));
}
