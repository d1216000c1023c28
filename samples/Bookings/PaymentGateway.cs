namespace Bookings;

/// <summary>What came of a charge.</summary>
internal enum PaymentOutcome { Paid, Declined, TimedOut, Unreachable }

/// <summary>The shop's side of the payment: an HTTP call to the gateway.</summary>
internal sealed class PaymentGateway(HttpClient http, ILogger<PaymentGateway> log)
{
    public async Task<PaymentOutcome> Charge(Booking booking, CancellationToken cancel)
    {
        try
        {
            using var response =
                await http.PostAsJsonAsync("/gateway/charges", new { booking.Id, booking.Price }, cancel);
            return response.IsSuccessStatusCode ? PaymentOutcome.Paid : PaymentOutcome.Declined;
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            log.LogError(e, "The payment gateway did not answer in time");
            return PaymentOutcome.TimedOut;
        }
        catch (HttpRequestException e)
        {
            log.LogError(e, "The payment gateway cannot be reached");
            return PaymentOutcome.Unreachable;
        }
    }
}

/// <summary>How the pretended gateway behaves: "well", "slow", "declining" or "silent".</summary>
internal sealed class GatewayMood
{
    public static readonly IReadOnlyList<string> All = ["well", "slow", "declining", "silent"];

    public string Current { get; set; } = "well";
}

/// <summary>
/// The other side: a pretended payment gateway in the same process, so that the sample needs nothing else.
/// </summary>
internal static class GatewayApi
{
    public static void MapGateway(this WebApplication app)
    {
        app.MapPost("/gateway/charges", async (GatewayMood mood, CancellationToken cancel) =>
        {
            await Task.Delay(mood.Current switch { "slow" => 1500, "silent" => 60_000, _ => 20 }, cancel);
            return mood.Current == "declining" ? Results.StatusCode(402) : Results.Ok();
        });
        app.MapPost("/gateway/mood/{mood}", (string mood, GatewayMood gateway) =>
        {
            if (!GatewayMood.All.Contains(mood))
                return Results.NotFound();
            gateway.Current = mood;
            return Results.NoContent();
        });
    }
}
