using System.Text;
using SegLossBias.Tests.Support;

namespace SegLossBias.Experiments.Tests.Support;

/// <summary>Random damage to a file: an end too early, flipped bits, and fields with the worst numbers there are. The same seed does the same.</summary>
internal sealed class Damage(int? seed)
{
    private static readonly byte[][] Extremes =
    [
        [0], [0xff], [0x7f], [0x80], [0, 0], [0xff, 0xff], [0xff, 0x7f], [0x7f, 0xff], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0x7f, 0xff, 0xff, 0xff],
        [0, 0, 0, 0x80], [0, 0, 0x80, 0x7f], [0, 0, 0xc0, 0x7f], [0, 0, 0x80, 0xff], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0, 0, 0, 0xf0, 0x7f],
    ];

    private readonly Random? _random = seed is { } number ? new(number) : null;

    /// <summary>Leaves everything as it is.</summary>
    public static Damage None { get; } = new(null);

    /// <param name="good">What is whole.</param>
    /// <param name="fields">Where its fields end; damage to fields lies before.</param>
    public byte[] Bytes(byte[] good, int fields)
    {
        byte[] bytes = [.. good];
        if (_random is null)
        {
            return bytes;
        }

        switch (_random.Next(4))
        {
            case 0:
                return bytes[.._random.Next(bytes.Length)];
            case 1:
                for (var flips = _random.Next(1, 9); flips > 0; flips--)
                {
                    bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
                }

                return bytes;
            default:
                for (var changes = _random.Next(1, 4); changes > 0; changes--)
                {
                    var value = Extremes[_random.Next(Extremes.Length)];
                    var place = _random.Next(Math.Min(fields, bytes.Length) - value.Length + 1);
                    value.CopyTo(bytes, _random.Next(2) == 0 ? place / value.Length * value.Length : place);
                }

                return bytes;
        }
    }

    public byte[] Json(byte[] good) => _random is null ? good : Encoding.UTF8.GetBytes(JsonDamage.Of(Encoding.UTF8.GetString(good), _random.Next));

    public bool Toss() => _random?.Next(2) == 0;
}
