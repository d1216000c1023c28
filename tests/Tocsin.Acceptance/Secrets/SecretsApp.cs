using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Api = TocsinSdk.Tocsin;

namespace Tocsin.Acceptance.Secrets;

/// <summary>An application that tells its secrets in every way there is, and then dies of one. Run as a child process.</summary>
internal static class SecretsApp
{
    private static readonly ActivitySource s_source = new("Tocsin.Acceptance");

    public static async Task<int> Run()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.AddTocsin(o =>
        {
            o.ServiceName = "secrets";
            o.GenAi.CaptureContent = true;
        });
        await using WebApplication app = builder.Build();
        app.UseTocsin();
        app.MapTocsin();
        app.MapGet("/sow", (ILogger<Seed> log) => Sow(log));
        app.MapGet("/die", () =>
        {
            new Thread(static () => throw new InvalidOperationException(
                $"{Seeds.Death.Witness} password={Seeds.Death.Text}")).Start();
            return Results.Accepted();
        });
        await app.RunAsync();
        return 0;
    }

    private static IResult Sow(ILogger log)
    {
        Log(log);
        Throw(log);
        using (Activity? span = s_source.StartActivity(Seeds.SpanTag.Witness))
        {
            span?.SetTag("user.password", Seeds.SpanTag.Text);
            span?.SetTag("note", $"token={Seeds.SpanTag.Text}");
            span?.AddEvent(new ActivityEvent("exception", tags: new ActivityTagsCollection
            {
                ["exception.message"] = $"{Seeds.SpanEvent.Witness} api_key={Seeds.SpanEvent.Text}",
            }));
        }
        using (var operation = Api.Track(Seeds.Operation.Witness))
            operation.Set("client_secret", Seeds.Operation.Text);
        using (var agent = Api.Agent(Seeds.Agent.Witness, $"my password={Seeds.Agent.Text}"))
            agent.Succeed($"token={Seeds.Agent.Text}");
        return Results.Ok();
    }

    private static void Log(ILogger log)
    {
        log.LogWarning("witness-property {Password}", Seeds.LogProperty.Text);
        log.LogWarning("{What}", $"{Seeds.LogMessage.Witness} password={Seeds.LogMessage.Text}");
        using (log.BeginScope(new Dictionary<string, object> { ["witness-scope"] = 1, ["api_key"] = Seeds.Scope.Text }))
            log.LogWarning("in a scope");
        log.LogWarning("witness-nested {@Order}", new Dictionary<string, object>
        {
            ["id"] = 7, ["customer"] = new Dictionary<string, object> { ["secret"] = Seeds.Nested.Text },
        });
        log.LogWarning("witness-jwt {Value}", Seeds.Jwt);
        log.LogWarning("witness-bearer {Value}", $"Authorization: Bearer {Seeds.Bearer.Text}");
        log.LogWarning("witness-card {Value}", $"paid with {Seeds.Card} today");
        log.LogWarning("witness-number-card {Value}", 5555555555554444L);
        log.LogWarning("witness-pem {Value}", $"-----BEGIN PRIVATE KEY-----\n{Seeds.Pem}\n-----END PRIVATE KEY-----");
        log.LogWarning("witness-connection {Value}", $"Host=db;Username=u;Password={Seeds.Connection.Text};Database=d");
        log.LogWarning("witness-url {Value}", $"https://user:{Seeds.Url.Text}@example.org/path");
        Api.AddBreadcrumb("auth", $"{Seeds.Breadcrumb.Witness} token={Seeds.Breadcrumb.Text}");
    }

    private static void Throw(ILogger log)
    {
        try
        {
            try
            {
                throw new FormatException($"{Seeds.Inner.Witness} secret={Seeds.Inner.Text}");
            }
            catch (FormatException e)
            {
                throw new InvalidOperationException($"{Seeds.Thrown.Witness} password={Seeds.Thrown.Text}", e);
            }
        }
        catch (InvalidOperationException e)
        {
            log.LogError(e, "it failed");
        }
        try
        {
            throw new TimeoutException($"{Seeds.Captured.Witness} access_token={Seeds.Captured.Text}");
        }
        catch (TimeoutException e)
        {
            Api.CaptureException(e, new Dictionary<string, object?>
            {
                [Seeds.CapturedContext.Witness] = 1, ["private_key"] = Seeds.CapturedContext.Text,
            });
        }
    }
}
