using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TocsinSdk.Health.Checks;

/// <summary>Whether an address answers as expected: status, text in the body, in time.</summary>
internal sealed class HttpCheck(Uri url, HttpCheckOptions options) : IHealthCheck
{
    private const int MaxBody = 64 << 10;

    // Not measured: a check is no call of the application.
    private static readonly Lazy<HttpMessageInvoker> s_client = new(static () => new HttpMessageInvoker(
        new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            AllowAutoRedirect = false,
            UseCookies = false,
            MeterFactory = new Unmeasured(),
        }));

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(options.Method), url);
        foreach (var (name, value) in options.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var began = TimeProvider.System.GetTimestamp();
        HttpMessageInvoker client = options.Client is { } make ? make() : s_client.Value;
        using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        var text = options.BodyContains is null
            ? null : await Beginning(response.Content, cancellationToken).ConfigureAwait(false);
        var took = TimeProvider.System.GetElapsedTime(began);
        var values = new Dictionary<string, object>
        {
            ["status_code"] = status,
            ["latency_ms"] = Math.Round(took.TotalMilliseconds, 1),
        };
        var problem = options.ExpectedStatus.Count == 0 ? status is < 200 or > 299 : !options.ExpectedStatus.Contains(status);
        if (problem)
            return new HealthCheckResult(context.Registration.FailureStatus, $"answered {status}", data: values);
        if (text is not null && !text.Contains(options.BodyContains!, StringComparison.Ordinal))
            return new HealthCheckResult(context.Registration.FailureStatus,
                $"the answer does not contain \"{options.BodyContains}\"", data: values);
        if (took > options.DegradedAbove)
            return HealthCheckResult.Degraded(string.Create(CultureInfo.InvariantCulture,
                $"answered after {took.TotalMilliseconds:0} ms"), data: values);
        return HealthCheckResult.Healthy(data: values);
    }

    private static async Task<string> Beginning(HttpContent content, CancellationToken cancel)
    {
        var body = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var buffer = new byte[MaxBody];
        var length = await body.ReadAtLeastAsync(buffer, MaxBody, throwOnEndOfStream: false, cancel)
            .ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private sealed class Unmeasured : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new("Tocsin.Sdk.Unmeasured");

        public void Dispose()
        {
        }
    }
}
