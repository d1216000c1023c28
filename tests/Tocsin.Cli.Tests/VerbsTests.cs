using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tocsin.Server;
using Tocsin.Server.Configuration;

namespace Tocsin.Cli.Tests;

/// <summary>The client verbs as a script sees them: output, JSON and exit codes, against a real server.</summary>
public sealed class VerbsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tocsin-verbs-").FullName;
    private TocsinServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TocsinServer.Start(
        new TocsinSettings { DataDirectory = _folder, HttpPort = 0, OtlpHttpPort = 0, OtlpGrpcPort = 0 }, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Logs_prints_what_is_found_and_says_no_with_1_when_nothing_is()
    {
        await Post("v1/logs", $$$"""
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"api"}}]},"scopeLogs":[{"logRecords":[
              {"timeUnixNano":"{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}000000","severityNumber":17,"body":{"stringValue":"disk is \u001b[31mfull"}}]}]}]}
            """);
        (int code, string output, _) = await Tocsin("logs", "level:error", "service:api");
        code.ShouldBe(0);
        output.ShouldContain("ERROR api disk is");
        output.ShouldNotContain("\u001b");
        (await Tocsin("logs", "nosuchword")).Code.ShouldBe(1);
        (int refused, _, string problem) = await Tocsin("logs", "level:error AND");
        refused.ShouldBe(4);
        problem.ShouldContain("position");
    }

    [Fact]
    public async Task Query_patterns_and_fields_print_tables_json_and_csv()
    {
        await Post("v1/logs", $$$"""
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[
              {"timeUnixNano":"{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}000000","severityNumber":9,"body":{"stringValue":"order 17 paid"}}]}]}]}
            """);
        (int code, string output, _) = await Tocsin("query", "service:shop | stats count() by level");
        code.ShouldBe(0);
        output.ShouldContain("info");
        (await Tocsin("query", "service:shop | fields level, message", "--csv")).Output.ShouldBe("level,message\r\ninfo,order 17 paid\r\n");
        (await Tocsin("query", "service:shop | fields message", "--json")).Output.ShouldContain("[[\"order 17 paid\"]]");
        (await Tocsin("query", "order | limit 1", "--explain")).Output.ShouldContain("limit 1");
        (await Tocsin("patterns", "service:shop")).Output.ShouldContain("order <n> paid");
        (await Tocsin("fields", "service:shop", "--field", "service.name")).Output.ShouldContain("shop");
        (await Tocsin("query", "service:nosuch")).Code.ShouldBe(1);
        (await Tocsin("query", "* | nosuch")).Code.ShouldBe(4);
    }

    [Fact]
    public async Task Patterns_print_share_first_seen_a_trend_and_what_is_new()
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        string Record(string text, long secondsAgo) =>
            $$$"""{"timeUnixNano":"{{{now - 1000 * secondsAgo}}}000000","severityNumber":9,"body":{"stringValue":"{{{text}}}"}}""";
        string records = string.Join(',', Record("order 1 paid", 5000), Record("order 17 paid", 20), Record("order 18 paid", 15), Record("disk 3 full", 10));
        await Post("v1/logs", $$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{{records}}}]}]}]}""");
        (int code, string output, _) = await Tocsin("patterns", "--from", "-1h");
        code.ShouldBe(0);
        string[] lines = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        lines.Length.ShouldBe(2);
        lines[0].ShouldMatch(@"^\s*2 +66\.7 % +INFO +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +·{23}█ +order <n> paid");
        lines[1].ShouldMatch(@"^\s*1 +33\.3 % +INFO +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +·{23}█ +new +disk <n> full");
        JsonElement answer = JsonSerializer.Deserialize<JsonElement>((await Tocsin("patterns", "disk", "--from", "-1h", "--json")).Output);
        string[] names = [.. answer.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];
        names.ShouldBe(["pattern", "count", "share", "level", "first", "last", "trend", "new", "example"]);
        JsonElement row = answer.GetProperty("rows")[0];
        row[6].EnumerateArray().Select(c => c.GetInt32()).ShouldBe([.. Enumerable.Repeat(0, 23), 1]);
        row[7].GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Saved_views_are_listed_and_run()
    {
        (await Tocsin("views")).Code.ShouldBe(1);
        await Post("v1/logs", $$$"""
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"viewed"}}]},"scopeLogs":[{"logRecords":[
              {"timeUnixNano":"{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}000000","severityNumber":9,"body":{"stringValue":"order 17 paid"}}]}]}]}
            """);
        await Post("api/tocsin/v1/views", """{"name":"Paid","query":"service:viewed","from":"-7d","to":"now"}""");
        await Post("api/tocsin/v1/views", """{"name":"Counted","query":"service:viewed | stats count() as paid","from":"-1h"}""");
        (await Tocsin("views")).Output.ShouldContain("service:viewed | stats count()");
        (await Tocsin("views", "--json")).Output.ShouldContain("\"from\":\"-7d\"");
        (await Tocsin("logs", "--view", "paid")).Output.ShouldContain("order 17 paid");
        (await Tocsin("logs", "--view", "paid", "--from", "-9d", "--to", "-8d")).Code.ShouldBe(1);
        (await Tocsin("logs", "--view", "Counted", "--json")).Output.ShouldContain("\"rows\":[[1]]");
        (int code, _, string problem) = await Tocsin("logs", "--view", "nobody");
        code.ShouldBe(4);
        problem.ShouldContain("there are: Counted, Paid");
        (await Tocsin("logs", "word", "--view", "paid")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task Json_is_the_servers_answer()
    {
        (int code, string output, _) = await Tocsin("crashes", "--json");
        code.ShouldBe(1);
        JsonSerializer.Deserialize<JsonElement>(output).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Alerts_can_be_acknowledged_suppressed_and_resolved()
    {
        string raised = await Post("api/tocsin/v1/alerts", """{"type":"disk_full","title":"Disk is full","message":"/var at 99 %","resource":"node-3"}""");
        long id = JsonSerializer.Deserialize<JsonElement>(raised).GetProperty("alert").GetProperty("id").GetInt64();
        (await Tocsin("alerts")).Output.ShouldContain("Disk is full");
        (await Tocsin("alerts", "ack", $"{id}", "--by", "me", "-m", "looking")).Output.ShouldContain($"{id}: ACKNOWLEDGED");
        (await Tocsin("alerts", "suppress", $"{id}", "--for", "2h")).Output.ShouldContain($"{id}: SUPPRESSED");
        (await Tocsin("alerts", "resolve", $"{id}")).Output.ShouldContain($"{id}: RESOLVED");
        (int again, _, string problem) = await Tocsin("alerts", "resolve", $"{id}");
        again.ShouldBe(4);
        problem.ShouldNotBeEmpty();
        (await Tocsin("alerts")).Code.ShouldBe(1);
        (await Tocsin("alerts", "show", $"{id}")).Output.ShouldContain("acknowledged by me looking");
    }

    [Fact]
    public async Task Log_levels_can_be_set_listed_and_cleared()
    {
        (await Tocsin("levels")).Code.ShouldBe(1);
        (int code, string output, _) = await Tocsin("levels", "set", "shop", "Shop.Orders", "debug", "--for", "15m", "--by", "ada", "-m", "order 7");
        code.ShouldBe(0);
        output.ShouldContain("shop Shop.Orders: Debug until ");
        (await Tocsin("levels", "set", "shop", "Default", "warn")).Output.ShouldContain("shop Default: Warning until it is cleared");
        string listed = (await Tocsin("levels", "list", "--service", "shop")).Output;
        listed.ShouldContain("Shop.Orders");
        listed.ShouldContain("order 7");
        listed.ShouldContain("no process has asked");
        (await Tocsin("levels", "--json")).Output.ShouldStartWith("{\"items\":[{\"service\":\"shop\"");
        (int refused, _, string problem) = await Tocsin("levels", "set", "shop", "Shop", "loud");
        refused.ShouldBe(4);
        problem.ShouldContain("level: 'loud' is not a level");
        (await Tocsin("levels", "clear", "shop", "Shop.Orders")).Output.ShouldContain("1 cleared");
        (await Tocsin("levels", "clear", "shop", "Shop.Orders")).Code.ShouldBe(4);
        (await Tocsin("levels", "clear", "shop")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_3_and_a_wrong_command_line_is_not_0()
    {
        (int code, _, string problem) = await Run(["alerts", "--url", "http://127.0.0.1:1"]);
        code.ShouldBe(3);
        problem.ShouldContain("no server answers at http://127.0.0.1:1");
        (await Run(["alerts", "--nosuch"])).Code.ShouldNotBe(0);
        (await Run(["alerts", "--url", "nonsense"])).Code.ShouldBe(2);
    }

    [Fact]
    public async Task Doctor_looks_at_machine_and_server()
    {
        (int code, string output, _) = await Tocsin("doctor", "--json", "--data", Path.Combine(_folder, "doctor"));
        JsonElement[] findings = JsonSerializer.Deserialize<JsonElement[]>(output)!;
        findings.ShouldContain(f => f.GetProperty("check").GetString() == "server" && f.GetProperty("result").GetString() == "ok");
        code.ShouldBe(findings.Any(f => f.GetProperty("result").GetString() == "bad") ? 1 : 0);
    }

    [Fact]
    public async Task Serve_names_what_is_wrong_with_its_configuration()
    {
        string file = Path.Combine(_folder, "bad.yaml");
        await File.WriteAllTextAsync(file, "channels:\n  - name: x\n    kind: webhook\n    url: notaurl\n    colour: red\n");
        (int code, _, string problem) = await Run(["serve", "--config", file]);
        code.ShouldBe(2);
        problem.ShouldContain($"{file}:4: channels[0].url");
        problem.ShouldContain("channels[0].colour");
    }

    private Task<(int Code, string Output, string Error)> Tocsin(params string[] arguments) =>
        Run([.. arguments, "--url", $"http://127.0.0.1:{_server.Addresses.Http}"]);

    private static async Task<(int Code, string Output, string Error)> Run(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ExitCode).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output, await error);
    }

    private async Task<string> Post(string path, string json)
    {
        using var http = new HttpClient();
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await http.PostAsync($"http://127.0.0.1:{_server.Addresses.Http}/{path}", content);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
    }
}
