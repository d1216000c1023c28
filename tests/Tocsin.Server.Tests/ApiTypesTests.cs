using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Server.Tests;

public sealed class ApiTypesTests
{
    private static readonly string s_file = Path.Combine(Repository.Root, "web/src/shared/api/schema.ts");

    /// <summary>`dotnet run dev.cs types` runs it with TOCSIN_WRITE_TYPES, and then it writes them.</summary>
    [Fact]
    public async Task The_pages_types_are_those_of_the_OpenAPI_document()
    {
        await using RunningServer server = await RunningServer.Start();
        string types = TypeScriptTypes.Of(await server.Get("openapi/v1.json"));
        if (Environment.GetEnvironmentVariable("TOCSIN_WRITE_TYPES") is "1")
            await File.WriteAllTextAsync(s_file, types);
        (await File.ReadAllTextAsync(s_file)).ReplaceLineEndings("\n").ShouldBe(types, "dotnet run dev.cs types makes them anew");
    }

    [Fact]
    public async Task The_document_says_which_members_an_answer_always_has_and_that_numbers_are_numbers()
    {
        await using RunningServer server = await RunningServer.Start();
        JsonElement schemas = (await server.Get("openapi/v1.json")).GetProperty("components").GetProperty("schemas");
        JsonElement span = schemas.GetProperty("SpanView");
        string[] always = [.. span.GetProperty("required").EnumerateArray().Select(n => n.GetString()!)];
        always.ShouldContain("depth");
        always.ShouldNotContain("parentSpanId");
        JsonElement properties = span.GetProperty("properties");
        properties.GetProperty("depth").GetProperty("type").GetString().ShouldBe("integer");
        properties.GetProperty("parentSpanId").GetProperty("type").GetString().ShouldBe("string");
        JsonElement alert = schemas.GetProperty("AlertView").GetProperty("properties");
        foreach (string time in (string[])["startsAt", "endsAt"])
            (alert.GetProperty(time).GetProperty("type").GetString(), alert.GetProperty(time).GetProperty("format").GetString()).ShouldBe(("string", "date-time"), time);
        JsonElement record = schemas.GetProperty("CrashRecord");
        record.GetProperty("required").EnumerateArray().Select(n => n.GetString()).ShouldNotContain("threads", "it is an order too");
    }
}
