using Microsoft.Extensions.AI;
using TocsinSdk;

namespace Bookings;

/// <summary>What a guest asks the concierge.</summary>
internal sealed record Question(string Text);

/// <summary>An agent that looks at the bookings and asks a language model: POST /concierge.</summary>
internal static class ConciergeApi
{
    public static void MapConcierge(this WebApplication app)
    {
        app.MapPost("/concierge", Answer);
        app.MapPost("/model/answers", (ModelQuestion question) => new ModelAnswer(
            question.Nights.Count == 0 ? "Every night is free." : $"All nights but {question.Nights.Count} are free.",
            question.Text.Length / 4, 8));
    }

    private static async Task<IResult> Answer(
        Question question, IBookings bookings, IChatClient model, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(question.Text))
            return Results.Problem("a question is needed", statusCode: 400);
        using var advice = Tocsin.Workflow("advice");
        using var agent = Tocsin.Agent("concierge", input: question.Text);
        var answer = await agent.Run(async () =>
        {
            advice.MoveTo("searching");
            IReadOnlyList<string> nights;
            using (var tool = agent.Tool("taken_nights"))
                tool.Output((nights = await TakenNights(bookings, cancel)).Count);
            advice.MoveTo("answering");
            var context = new ChatMessage(ChatRole.System, string.Join(' ', nights));
            return (await model.GetResponseAsync([context, new ChatMessage(ChatRole.User, question.Text)],
                cancellationToken: cancel)).Text;
        });
        agent.Succeed(answer);
        advice.Succeed();
        return Results.Ok(new { answer });
    }

    // Measured with its database calls, without a line in the method.
    [Tracked("taken nights")]
    internal static async Task<IReadOnlyList<string>> TakenNights(IBookings bookings, CancellationToken cancel) =>
        [.. (await bookings.All(cancel)).Select(b => b.Night.ToString("O")).Distinct()];
}

/// <summary>What the pretended model is sent.</summary>
internal sealed record ModelQuestion(string Text, IReadOnlyList<string> Nights);

/// <summary>What it answers.</summary>
internal sealed record ModelAnswer(string Text, int InputTokens, int OutputTokens);

/// <summary>Calls the pretended language model over HTTP, as the client of a real one would.</summary>
internal sealed class PretendedModel(HttpClient http) : IChatClient
{
    private static readonly ChatClientMetadata s_metadata = new("pretended", defaultModelId: "concierge-1");

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var all = messages.ToList();
        var nights = all.Where(m => m.Role == ChatRole.System)
            .SelectMany(m => m.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        using var response = await http.PostAsJsonAsync(
            "/model/answers", new ModelQuestion(all[^1].Text, nights), cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = (await response.Content.ReadFromJsonAsync<ModelAnswer>(cancellationToken))!;
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, answer.Text))
        {
            ModelId = s_metadata.DefaultModelId,
            Usage = new UsageDetails
            {
                InputTokenCount = answer.InputTokens,
                OutputTokenCount = answer.OutputTokens,
            },
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
            yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? s_metadata : null;

    public void Dispose()
    {
    }
}
