using Npgsql;

namespace Bookings;

/// <summary>Bookings in PostgreSQL; ConnectionStrings:Bookings turns it on. The table is made on first use.</summary>
internal sealed class PostgresBookings(NpgsqlDataSource database) : IBookings
{
    private const string Columns = "id, guest, night, price, state";
    private readonly SemaphoreSlim _making = new(1);
    private bool _made;

    public async Task<IReadOnlyList<Booking>> All(CancellationToken cancel)
    {
        await MakeTable(cancel);
        await using var command = database.CreateCommand($"SELECT {Columns} FROM bookings ORDER BY id DESC LIMIT 1000");
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var found = new List<Booking>();
        while (await rows.ReadAsync(cancel))
            found.Add(Read(rows));
        found.Reverse();
        return found;
    }

    public async Task<Booking?> Find(int id, CancellationToken cancel)
    {
        await MakeTable(cancel);
        await using var command = database.CreateCommand($"SELECT {Columns} FROM bookings WHERE id = $1");
        command.Parameters.AddWithValue(id);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        return await rows.ReadAsync(cancel) ? Read(rows) : null;
    }

    public async Task<Booking> Add(string guest, DateOnly night, decimal price, CancellationToken cancel)
    {
        await MakeTable(cancel);
        await using var command = database.CreateCommand(
            "INSERT INTO bookings (guest, night, price) VALUES ($1, $2, $3) RETURNING id");
        command.Parameters.AddWithValue(guest);
        command.Parameters.AddWithValue(night);
        command.Parameters.AddWithValue(price);
        return new Booking((int)(await command.ExecuteScalarAsync(cancel))!, guest, night, price);
    }

    public async Task<bool> Move(Booking booking, BookingState to, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("UPDATE bookings SET state = $3 WHERE id = $1 AND state = $2");
        command.Parameters.AddWithValue(booking.Id);
        command.Parameters.AddWithValue((int)booking.State);
        command.Parameters.AddWithValue((int)to);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    private static Booking Read(NpgsqlDataReader row) =>
        new(row.GetInt32(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetDecimal(3))
        {
            State = (BookingState)row.GetInt32(4),
        };

    private async Task MakeTable(CancellationToken cancel)
    {
        if (_made)
            return;
        await _making.WaitAsync(cancel);
        try
        {
            await using var command = database.CreateCommand("""
                CREATE TABLE IF NOT EXISTS bookings (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, guest text NOT NULL,
                    night date NOT NULL, price numeric NOT NULL, state int NOT NULL DEFAULT 0)
                """);
            await command.ExecuteNonQueryAsync(cancel);
            _made = true;
        }
        finally
        {
            _making.Release();
        }
    }
}
