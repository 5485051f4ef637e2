namespace SegLossBias.Experiments.Data;

/// <summary>The filtered, perhaps interlaced rows of a PNG as numbers.</summary>
/// <remarks>W3C, Portable Network Graphics, Third Edition: interlacing in §8, filters in §9.</remarks>
internal static class PngScanlines
{
    /// <summary>First column and row, and steps, of the passes of Adam7.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <returns>[H,W,channels].</returns>
    /// <exception cref="InvalidPictureException">The data ends too early, or is none.</exception>
    public static float[] Read(Stream data, int width, int height, int channels, int bits, bool interlaced)
    {
        var samples = new float[width * height * channels];
        foreach (var (x, y, stepX, stepY) in interlaced ? Passes : [(0, 0, 1, 1)])
        {
            var (columns, rows) = ((width - x + stepX - 1) / stepX, (height - y + stepY - 1) / stepY);
            if (columns <= 0 || rows <= 0)
            {
                continue;
            }

            var (row, above) = (new byte[1 + (((columns * channels * bits) + 7) / 8)], new byte[1 + (((columns * channels * bits) + 7) / 8)]);
            for (var r = 0; r < rows; r++, (row, above) = (above, row))
            {
                Fill(data, row);
                Unfilter(row[0], row.AsSpan(1), above.AsSpan(1), Math.Max(1, channels * bits / 8));
                for (var i = 0; i < columns * channels; i++)
                {
                    var (column, channel) = (x + (i / channels * stepX), i % channels);
                    samples[((((y + (r * stepY)) * width) + column) * channels) + channel] = Number(row.AsSpan(1), i, bits);
                }
            }
        }

        return samples;
    }

    private static void Fill(Stream data, byte[] row)
    {
        try
        {
            data.ReadExactly(row);
        }
        catch (Exception damaged) when (damaged is EndOfStreamException or InvalidDataException)
        {
            throw new InvalidPictureException(InvalidPictureException.Damaged);
        }
    }

    private static int Number(ReadOnlySpan<byte> row, int index, int bits) => bits switch
    {
        16 => (row[2 * index] << 8) | row[(2 * index) + 1],
        8 => row[index],
        _ => (row[index * bits / 8] >> (8 - bits - (index * bits % 8))) & ((1 << bits) - 1),
    };

    private static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int unit)
    {
        InvalidPictureException.Unless(filter <= 4);
        for (var i = 0; i < row.Length; i++)
        {
            var (left, up, corner) = (i < unit ? 0 : row[i - unit], above[i], i < unit ? 0 : above[i - unit]);
            row[i] += (byte)(filter switch { 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Paeth(left, up, corner), _ => 0 });
        }
    }

    /// <summary>Whichever of the three is nearest to left + up − corner.</summary>
    private static int Paeth(int left, int up, int corner)
    {
        var (toLeft, toUp, toCorner) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - (2 * corner)));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }
}
