using System.Net;
using System.Text;

namespace Tocsin.Acceptance.Durability;

/// <summary>
/// One client that writes batches of numbered log records over OTLP/HTTP, batch after batch, and remembers which ones were
/// acknowledged. A refused or broken request is retried with the same records, as a real exporter does.
/// </summary>
internal sealed class Writer(int number, Func<string> url)
{
    private const int BatchSize = 50;
    private long _next;

    /// <summary>Record name to how many requests carrying it were acknowledged and how many were sent.</summary>
    public Dictionary<string, (int Acknowledged, int Sent)> Records { get; } = [];

    public int Requests { get; private set; }

    public int Failures { get; private set; }

    /// <summary>Statuses other than 200 that the server answered, with their counts. 500 must never be among them.</summary>
    public Dictionary<int, int> Refusals { get; } = [];

    public async Task Run(CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
        while (!cancel.IsCancellationRequested)
        {
            string[] batch = [.. Enumerable.Range(0, BatchSize).Select(_ => $"w{number}n{_next++}")];
            byte[] body = Encode(batch);
            while (!await Send(http, batch, body) && !cancel.IsCancellationRequested)
                await Task.Delay(20, CancellationToken.None);
        }
    }

    private async Task<bool> Send(HttpClient http, string[] batch, byte[] body)
    {
        foreach (string name in batch)
            Records[name] = (Records.GetValueOrDefault(name).Acknowledged, Records.GetValueOrDefault(name).Sent + 1);
        Requests++;
        try
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using HttpResponseMessage answer = await http.PostAsync($"{url()}/v1/logs", content);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                foreach (string name in batch)
                    Records[name] = (Records[name].Acknowledged + 1, Records[name].Sent);
                return true;
            }
            Refusals[(int)answer.StatusCode] = Refusals.GetValueOrDefault((int)answer.StatusCode) + 1;
        }
        catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException or IOException)
        {
            Failures++;
        }
        return false;
    }

    private byte[] Encode(string[] batch)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
        var json = new StringBuilder("{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"writer-")
            .Append(number).Append("\"}}]},\"scopeLogs\":[{\"logRecords\":[");
        for (int i = 0; i < batch.Length; i++)
            json.Append(i > 0 ? "," : "").Append($"{{\"timeUnixNano\":\"{now + i}\",\"severityNumber\":9,\"body\":{{\"stringValue\":\"{batch[i]}\"}}}}");
        return Encoding.UTF8.GetBytes(json.Append("]}]}]}").ToString());
    }
}
