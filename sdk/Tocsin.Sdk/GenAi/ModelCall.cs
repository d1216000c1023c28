using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk.GenAi;
using TocsinSdk.Logging;

namespace TocsinSdk;

/// <summary>
/// One call of a language model: span "chat model" with tokens and cost, measures gen_ai.client.* and llm.tokens,
/// llm.cost, record llm_call_completed or llm_call_failed by logger "llm". Disposing it means it went well. Applications
/// that call models through IChatClient have this done by UseTocsin() of Tocsin.Sdk.AI.
/// </summary>
public sealed class ModelCall : AiScope
{
    private readonly string _operation, _provider, _model;
    private readonly Activity? _measuredBy;
    private long _input, _output, _cachedInput;
    private long _lastChunkAt;
    private int _chunks;
    private string? _answeredBy, _server;
    private TimeSpan? _firstChunk;
    private readonly long _startedAt;

    // Where other instrumentation measures the same call there is no second span and no gen_ai measures; measuredBy is
    // its span when it is already open.
    internal ModelCall(
        AiTelemetry telemetry, string operation, string provider, string model, Activity? measuredBy = null,
        bool measuredElsewhere = false)
        : base(telemetry, measuredBy is not null || measuredElsewhere ? null : $"{operation} {model}".TrimEnd(),
            ActivityKind.Client)
    {
        (_operation, _provider, _model, _measuredBy) = (operation, provider, model, measuredBy);
        MeasuredElsewhere = measuredBy is not null || measuredElsewhere;
        _startedAt = telemetry.Clock.GetTimestamp();
        Span?.SetTag("gen_ai.operation.name", operation).SetTag("gen_ai.provider.name", provider)
            .SetTag("gen_ai.request.model", model);
    }

    /// <summary>Whether it is worth putting together what was said.</summary>
    internal bool Keeps => Span is { IsAllDataRequested: true } && Telemetry.Options.CaptureContent;

    internal bool MeasuredElsewhere { get; }

    /// <summary>Our own span, else nothing: the other instrumentation fills its own.</summary>
    internal Activity? Span => Activity;

    /// <summary>Tokens of the whole call; the last statement counts.</summary>
    /// <param name="input">All input tokens.</param>
    /// <param name="output">All output tokens.</param>
    /// <param name="cachedInput">Those of the input the provider had cached.</param>
    public void Tokens(long input, long output, long cachedInput = 0) =>
        (_input, _output, _cachedInput) = (Math.Max(0, input), Math.Max(0, output), Math.Max(0, cachedInput));

    /// <summary>A chunk of a streamed answer has arrived: measures time to the first, and between chunks.</summary>
    public void Chunk()
    {
        var now = Telemetry.Clock.GetTimestamp();
        if (_chunks++ == 0)
            _firstChunk = Telemetry.Clock.GetElapsedTime(_startedAt, now);
        if (!MeasuredElsewhere)
        {
            if (_chunks == 1)
                AiInstruments.FirstChunk.Record(_firstChunk!.Value.TotalSeconds, Tags());
            else
                AiInstruments.PerChunk.Record(
                    Telemetry.Clock.GetElapsedTime(_lastChunkAt, now).TotalSeconds, Tags());
        }
        _lastChunkAt = now;
    }

    /// <summary>What the answer says of itself.</summary>
    /// <param name="model">The model that really answered.</param>
    /// <param name="id">Id of the answer.</param>
    /// <param name="finishReason">Why it ended: "stop", "length", "tool_calls".</param>
    public void Answered(string? model = null, string? id = null, string? finishReason = null)
    {
        _answeredBy = model ?? _answeredBy;
        if (id is not null)
            Span?.SetTag("gen_ai.response.id", id);
        if (finishReason is not null)
            Span?.SetTag("gen_ai.response.finish_reasons", new[] { finishReason });
    }

    /// <summary>What the model was asked; kept only with <see cref="GenAiOptions.CaptureContent"/>.</summary>
    /// <param name="messages">Text, or pairs of names and values.</param>
    public void Input(object? messages) => Span?.SetTag("gen_ai.input.messages", Telemetry.Keep(messages));

    /// <summary>What the model answered; kept only with <see cref="GenAiOptions.CaptureContent"/>.</summary>
    /// <param name="messages">Text, or pairs of names and values.</param>
    public void Output(object? messages) => Span?.SetTag("gen_ai.output.messages", Telemetry.Keep(messages));

    internal void Server(Uri? address)
    {
        _server = address?.Host;
        if (address is not null)
            Span?.SetTag("server.address", address.Host).SetTag("server.port", address.Port);
    }

    private protected override void OnEnd(AiOutcome outcome, TimeSpan duration, Exception? exception)
    {
        var cost = Cost();
        foreach (var around in AndAround())
            around.Totals.AddCall(_input, _output, cost ?? 0);
        CountTokens(cost);
        if (!MeasuredElsewhere)
            Measure(duration, exception);
        Span?.SetTag("gen_ai.response.model", _answeredBy);
        if (_input + _output > 0)
            Span?.SetTag("gen_ai.usage.input_tokens", _input).SetTag("gen_ai.usage.output_tokens", _output)
                .SetTag("gen_ai.usage.cache_read.input_tokens", _cachedInput > 0 ? _cachedInput : null);
        (Span ?? _measuredBy)?.SetTag("tocsin.gen_ai.cost_usd", cost);
        var record = new NamedRecord(exception is null ? "llm_call_completed" : "llm_call_failed")
            .Set("operation", _operation).Set("provider", _provider).Set("model", _answeredBy ?? _model)
            .Set("status", outcome.Name()).Set("duration_ms", Math.Round(duration.TotalMilliseconds, 3))
            .Set("first_chunk_ms", _firstChunk is { } first ? Math.Round(first.TotalMilliseconds, 3) : null)
            .Set("chunks", _chunks > 0 ? _chunks : null)
            .Set("input_tokens", _input).Set("output_tokens", _output)
            .Set("cost_usd", cost is { } usd ? Math.Round(usd, 6) : null);
        if (exception is not null)
            record.Set("error_type", ErrorKind.Of(exception)).Set("error_message", Said(exception));
        // A caller may try again; whether the whole failed is the agent's or the request's to say.
        record.Log(Telemetry.Logger("llm"), exception is null ? LogLevel.Information : LogLevel.Warning, exception);
    }

    // The model that answered is the one that is paid; its name carries a date the list may not know.
    private double? Cost()
    {
        if (_input + _output == 0)
            return null;
        var options = Telemetry.Options;
        var price = (_answeredBy is { } answered ? ModelPrices.Find(options, _provider, answered) : null)
            ?? ModelPrices.Find(options, _provider, _model);
        return price?.Of(_input, _cachedInput, _output);
    }

    private void CountTokens(double? cost)
    {
        if (_input + _output == 0)
            return;
        var model = new TagList { { "provider", _provider }, { "model", _model } };
        AiInstruments.Tokens.Add(_input, [.. model, new("type", "input")]);
        AiInstruments.Tokens.Add(_output, [.. model, new("type", "output")]);
        if (cost is { } usd)
            AiInstruments.Cost.Add(usd, model);
        else
            AiInstruments.Unpriced.Add(1, model);
    }

    private void Measure(TimeSpan duration, Exception? exception)
    {
        var tags = Tags();
        if (_answeredBy is not null)
            tags.Add("gen_ai.response.model", _answeredBy);
        if (_input + _output > 0)
        {
            AiInstruments.TokenUsage.Record(_input, [.. tags, new("gen_ai.token.type", "input")]);
            AiInstruments.TokenUsage.Record(_output, [.. tags, new("gen_ai.token.type", "output")]);
        }
        if (exception is not null)
            tags.Add("error.type", ErrorKind.Of(exception));
        AiInstruments.Duration.Record(duration.TotalSeconds, tags);
    }

    private TagList Tags()
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", _operation },
            { "gen_ai.provider.name", _provider },
            { "gen_ai.request.model", _model },
        };
        if (_server is not null)
            tags.Add("server.address", _server);
        return tags;
    }
}
