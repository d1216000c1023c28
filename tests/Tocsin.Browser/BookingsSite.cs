using System.Diagnostics;
using System.Net.Http.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Browser;

/// <summary>The sample as a process, in development and without a server, with something to show.</summary>
internal sealed class BookingsSite : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _state;

    private BookingsSite(Process process, string url, string state)
    {
        (_process, Url, _state) = (process, url, state);
        Http = new HttpClient { BaseAddress = new Uri(url) };
    }

    public string Url { get; }

    public HttpClient Http { get; }

    public static async Task<BookingsSite> Start()
    {
        string state = Directory.CreateTempSubdirectory("tocsin-bookings-").FullName;
        string url = $"http://127.0.0.1:{Loopback.FreePort()}";
        var start = new ProcessStartInfo("dotnet", [Repository.Bookings, $"--urls={url}"])
        {
            WorkingDirectory = Path.GetDirectoryName(Repository.Bookings)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["TOCSIN_URL"] = "http://127.0.0.1:9";
        start.Environment["TOCSIN_STATE_DIR"] = state;
        start.Environment["ConnectionStrings__Main"] = "Host=db;Username=app;Password=hunter22222";
        start.Environment["Payments__ApiKey"] = "sk_live_abcdefgh12345678";
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var site = new BookingsSite(process, url, state);
        await site.Answers();
        return site;
    }

    /// <summary>Bookings, one payment, one error, one that is not found.</summary>
    public async Task Work()
    {
        string booking = "";
        foreach (string guest in new[] { "Ada", "Grace", "Edsger", "Barbara" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/bookings")
            {
                Content = JsonContent.Create(new { guest, night = "2026-12-01", price = 120 }),
            };
            request.Headers.Add("X-User-Id", guest.ToLowerInvariant());
            using HttpResponseMessage made = (await Http.SendAsync(request)).EnsureSuccessStatusCode();
            booking = made.Headers.Location!.ToString();
        }
        (await Http.PostAsync($"{booking}/payment", null)).EnsureSuccessStatusCode();
        await Http.PostAsync("/fail/request-exception", null);
        await Http.GetAsync("/bookings/4711");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    private async Task Answers()
    {
        DateTime limit = DateTime.UtcNow.AddSeconds(60);
        while (true)
        {
            try
            {
                (await Http.GetAsync("/health/live")).EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < limit && !_process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }
}
