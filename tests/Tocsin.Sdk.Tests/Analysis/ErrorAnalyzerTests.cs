using System.Net;
using System.Text.Json;
using Tocsin.Diagnosis;
using Tocsin.Model.Crashes;
using Tocsin.Testing.Processes;
using TocsinSdk.Analysis;
using TocsinSdk.Redaction;

namespace TocsinSdk.Tests.Analysis;

public sealed class ErrorAnalyzerTests
{
    private readonly ErrorAnalyzer _analyzer =
        new(Some.Identity, new Redactor(new RedactionOptions()), TimeProvider.System);

    [Theory]
    [InlineData("connection timeout", "api_timeout", "high")]
    [InlineData("read timeout", "api_timeout", "high")]
    [InlineData("rate limit reached", "rate_limit", "high")]
    [InlineData("quota exceeded", "rate_limit", "high")]
    [InlineData("too many requests", "rate_limit", "high")]
    [InlineData("unauthorized", "authentication", "critical")]
    [InlineData("invalid token", "authentication", "critical")]
    [InlineData("validation error", "data_validation", "medium")]
    [InlineData("schema error", "data_validation", "medium")]
    [InlineData("out of memory", "resource_exhaustion", "critical")]
    [InlineData("disk full", "resource_exhaustion", "critical")]
    [InlineData("connection pool exhausted", "resource_exhaustion", "critical")]
    public void The_users_own_words_are_understood(string message, string category, string severity)
    {
        var analysis = _analyzer.Analyze(new GatewayException(message)).ShouldNotBeNull();
        (analysis.Category, analysis.Severity).ShouldBe((category, severity));
        analysis.Suggestions.ShouldNotBeEmpty();
        analysis.Suggestions.ShouldAllBe(s => !s.Contains("{{") && s.Length > 20);
    }

    [Fact]
    public void A_cause_says_more_than_what_wraps_it()
    {
        var timeout = new TaskCanceledException(
            "The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.",
            new TimeoutException("The operation was canceled."));
        var analysis = _analyzer.Analyze(new AggregateException(new InvalidOperationException("booking failed", timeout)));
        analysis.ShouldNotBeNull().Rule.ShouldBe("timeout.http_client");
        analysis.Cause.ShouldContain("100 s");
    }

    [Fact]
    public void Two_answers_of_one_call_are_told_apart()
    {
        _analyzer.Analyze(Thrown(HttpStatusCode.TooManyRequests))!.Category.ShouldBe("rate_limit");
        _analyzer.Analyze(Thrown(HttpStatusCode.Unauthorized))!.Category.ShouldBe("authentication");
    }

    [Fact]
    public void Secrets_in_messages_stay_out_of_the_analysis()
    {
        var analysis = _analyzer.Analyze(new GatewayException("validation error: password=hunter2-hunter2")).ShouldNotBeNull();
        string.Join('\n', [analysis.Cause, .. analysis.Suggestions]).ShouldNotContain("hunter2-hunter2");
    }

    [Fact]
    public void An_exception_that_fights_back_is_not_analysed()
    {
        _analyzer.Analyze(new TreacherousException()).ShouldBeNull();
    }

    [Fact]
    public void A_storm_of_different_errors_is_cut_off_and_a_known_shape_is_not()
    {
        var answers = Enumerable.Range(0, 3 * ErrorAnalyzer.PerSecond)
            .Select(i => _analyzer.Analyze(new GatewayException("odd " + new string((char)('a' + i % 26), 1 + i / 26)))).ToList();
        answers.Count(a => a is null).ShouldBeGreaterThan(0);
        _analyzer.Analyze(new GatewayException("odd a")).ShouldNotBeNull();
    }

    /// <summary>Two evaluators read one set of rules: every example must get the server's answer from both.</summary>
    [Fact]
    public void Every_example_of_the_rules_gets_the_servers_answer()
    {
        var compared = 0;
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "src/Tocsin.Diagnosis/Rules")))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var rule in json.RootElement.GetProperty("rules").EnumerateArray())
                foreach (var example in rule.GetProperty("examples").EnumerateArray())
                    compared += Compare(example) ? 1 : 0;
        }
        compared.ShouldBeGreaterThan(100);
    }

    private static bool Compare(JsonElement example)
    {
        if (!example.TryGetProperty("type", out _) || example.EnumerateObject().Any(p =>
            p.Name is "stderr" or "signal" or "exitCode" or "memory" or "limit"))
            return false;
        var (links, frames) = (new List<ErrorFacts.Link>(), new List<string>());
        var record = new CrashRecord
        {
            CrashId = "x", Class = CrashClass.Captured, Time = Some.Time, Service = "s", Exception = Read(example, links, frames),
        };
        var server = RuleBook.BuiltIn.Diagnose(Evidence.Of(record));
        ErrorAnalyzer.Find(new ErrorFacts(links, string.Join('\n', frames)))?.Rule.Id.ShouldBe(
            server?.Rule, example.GetRawText());
        return true;
    }

    private static CrashException Read(JsonElement example, List<ErrorFacts.Link> links, List<string> frames)
    {
        var type = example.GetProperty("type").GetString()!;
        var message = example.TryGetProperty("message", out var said) ? said.GetString()! : "";
        links.Add(new ErrorFacts.Link(type, ErrorFacts.BaseName(type), message, links.Count));
        var own = example.TryGetProperty("frames", out var list)
            ? list.EnumerateArray().Select(f => f.GetString()!).ToArray() : [];
        frames.AddRange(own.Select(f => "   at " + f));
        return new CrashException
        {
            Type = type, Message = message, Frames = [.. own.Select(f => new CrashFrame { Method = f })],
            Inner = example.TryGetProperty("inner", out var inner) ? [Read(inner, links, frames)] : [],
        };
    }

    private static HttpRequestException Thrown(HttpStatusCode status)
    {
        try
        {
            using var answer = new HttpResponseMessage(status);
            answer.EnsureSuccessStatusCode();
            throw new InvalidOperationException();
        }
        catch (HttpRequestException e)
        {
            return e;
        }
    }

    private sealed class GatewayException(string message) : Exception(message);

    private sealed class TreacherousException : Exception
    {
        public override string Message => throw new InvalidOperationException("no");
    }
}
