using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tocsin.Testing.Processes;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>How the page is served: caching, compression, what stays 404, size, and below a path prefix.</summary>
public sealed partial class ServingTests(Stage stage)
{
    private const int MostEntryScript = 220_000, MostEntryStyle = 40_000;

    [Theory]
    [InlineData("/api/tocsin/v1/nothing", 404)]
    [InlineData("/api/nothing", 404)]
    [InlineData("/assets/nothing.js", 404)]
    [InlineData("/v1/nothing", 404)]
    [InlineData("/openapi/nothing", 404)]
    [InlineData("/crashes/7/events/x", 200)]
    [InlineData("/favicon.svg", 200)]
    public async Task Screens_are_the_page_and_unknown_api_paths_are_not(string path, int expected)
    {
        Stage.RequireChromium();
        using HttpResponseMessage answer = await stage.Server.Http.GetAsync(path);
        ((int)answer.StatusCode).ShouldBe(expected);
    }

    [Fact]
    public async Task The_page_forbids_foreign_scripts_and_is_always_revalidated()
    {
        Stage.RequireChromium();
        using HttpResponseMessage answer = await stage.Server.Http.GetAsync("/logs");
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'; script-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
        answer.Headers.CacheControl!.NoCache.ShouldBeTrue();
    }

    [Fact]
    public async Task Every_form_of_a_file_decodes_to_the_same_bytes_and_may_be_kept_for_ever()
    {
        Stage.RequireChromium();
        foreach (string asset in await EntryAssets())
        {
            byte[] plain = await Fetch(asset, "identity", s => s);
            (await Fetch(asset, "br", s => new BrotliStream(s, CompressionMode.Decompress))).ShouldBe(plain);
            (await Fetch(asset, "gzip", s => new GZipStream(s, CompressionMode.Decompress))).ShouldBe(plain);
        }
    }

    [Fact]
    public async Task What_the_first_screen_loads_stays_small()
    {
        Stage.RequireChromium();
        long script = 0, style = 0;
        foreach (string asset in await EntryAssets())
        {
            using HttpResponseMessage answer = await Ask(asset, "gzip");
            if (asset.EndsWith(".js", StringComparison.Ordinal))
                script += answer.Content.Headers.ContentLength!.Value;
            else
                style += answer.Content.Headers.ContentLength!.Value;
        }
        script.ShouldBeInRange(10_000, MostEntryScript);
        style.ShouldBeInRange(1_000, MostEntryStyle);
    }

    [Fact]
    public async Task A_known_file_is_not_sent_again()
    {
        Stage.RequireChromium();
        string asset = (await EntryAssets())[0];
        using HttpResponseMessage first = await Ask(asset, "gzip");
        using var again = new HttpRequestMessage(HttpMethod.Get, asset);
        again.Headers.AcceptEncoding.ParseAdd("gzip");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage answer = await stage.Server.Http.SendAsync(again);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_screen_works_below_a_path_prefix()
    {
        Stage.RequireChromium();
        using var place = new ServerPlace("http:\n  path_prefix: /deep/tocsin\n");
        await using ServerProcess server = await ServerProcess.Start(place);
        foreach (string path in new[] { "", "alerts", "crashes", "logs", "traces", "channels", "add-data" })
        {
            await using Screen screen = await stage.Open($"/deep/tocsin/{path}", server: server.Url);
            screen.Errors.ShouldBeEmpty(path);
            await Expect(screen.Button("Live updates: Live")).ToBeVisibleAsync();
            await screen.Page.GetByRole(AriaRole.Link, new() { Name = "Crashes", Exact = true }).ClickAsync();
            new Uri(screen.Page.Url).AbsolutePath.ShouldBe("/deep/tocsin/crashes");
        }
    }

    private async Task<string[]> EntryAssets()
    {
        string page = await stage.Server.Http.GetStringAsync("/");
        string[] assets = [.. AssetName().Matches(page).Select(m => m.Groups[1].Value).Distinct()];
        assets.Length.ShouldBeGreaterThan(2);
        return [.. assets.Where(a => !a.Contains("rolldown-runtime"))];
    }

    private async Task<HttpResponseMessage> Ask(string path, string encoding)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        HttpResponseMessage answer = await stage.Server.Http.SendAsync(request);
        answer.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        string.Join(",", answer.Content.Headers.ContentEncoding).ShouldBe(encoding == "identity" ? "" : encoding);
        return answer;
    }

    private async Task<byte[]> Fetch(string path, string encoding, Func<Stream, Stream> decode)
    {
        using HttpResponseMessage answer = await Ask(path, encoding);
        await using Stream decoded = decode(await answer.Content.ReadAsStreamAsync());
        using var whole = new MemoryStream();
        await decoded.CopyToAsync(whole);
        return whole.ToArray();
    }

    [GeneratedRegex("(assets/[^\"]+\\.(?:js|css))\"")]
    private static partial Regex AssetName();
}
