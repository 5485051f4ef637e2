using CsCheck;
using SegLossBias.Experiments.Tests.Support;
using SkiaSharp;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public sealed class PngReaderTests : IDisposable
{
    private static readonly (int Type, int[] Depths)[] Kinds = [(0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16])];

    private readonly PictureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryKindDepthFilterAndInterlacing_GivesTheStoredNumbers() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[1, 19], Gen.Int[1, 11], Gen.Int[0, 4], Gen.Bool, Gen.Int).Sample((which, depth, width, height, filter, interlaced, seed) =>
        {
            var kind = Kinds[which];
            var bits = kind.Depths[depth % kind.Depths.Length];
            var (channels, random) = (kind.Type switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 }, new Random(seed));
            var samples = Enumerable.Range(0, width * height * channels).Select(_ => random.Next(1 << bits)).ToArray();
            var palette = Enumerable.Range(0, 3 << Math.Min(bits, 8)).Select(i => (byte)i).ToArray();
            var raster = Read(new HandMadePng(width, height, kind.Type, bits, samples) { Filter = filter, Interlaced = interlaced, Palette = kind.Type == 3 ? palette : null });

            (raster.Width, raster.Height, raster.Bits).Should().Be((width, height, bits));
            var colours = channels is 2 or 4 ? channels - 1 : channels;
            raster.Samples.Should().Equal(samples.Where((_, i) => i % channels < colours).Select(value => (float)value));
            if (colours < channels)
            {
                var expected = samples.Where((_, i) => i % channels == colours).Select(alpha => (byte)Math.Round(alpha * 255.0 / ((1 << bits) - 1))).ToArray();
                (raster.Opacity ?? [.. expected.Select(_ => byte.MaxValue)]).Should().Equal(expected);
            }
        }, iter: 150, threads: 1);

    [Fact]
    public void EightBits_AreWhatSkiaDecodes()
    {
        var random = new Random(3);
        foreach (var type in (int[])[0, 2, 3])
        {
            var file = new HandMadePng(7, 5, type, 8, [.. Enumerable.Range(0, type == 2 ? 105 : 35).Select(_ => random.Next(200))])
            {
                Palette = type == 3 ? [.. Enumerable.Range(0, 600).Select(_ => (byte)random.Next(256))] : null, Filter = 4,
            };
            var raster = Read(file);
            using var bitmap = SKBitmap.Decode(file.Bytes());
            Enumerable.Range(0, 35).Select(i => raster.Colour(i)).Should().Equal(bitmap.Pixels.Select(pixel => ((float)pixel.Red, (float)pixel.Green, (float)pixel.Blue)));
        }
    }

    [Theory]
    [InlineData(0, 4, new byte[] { 0, 5 }, new[] { 5, 3, 5 }, new byte[] { 0, 255, 0 })]
    [InlineData(2, 8, new byte[] { 0, 1, 0, 2, 0, 3 }, new[] { 1, 2, 3, 1, 2, 4, 9, 9, 9 }, new byte[] { 0, 255, 255 })]
    [InlineData(3, 8, new byte[] { 255, 7 }, new[] { 0, 1, 2 }, new byte[] { 255, 7, 255 })]
    public void TransparentColours_AreTransparent(int type, int bits, byte[] transparent, int[] samples, byte[] opacity) =>
        Read(new HandMadePng(3, 1, type, bits, samples) { Transparent = transparent, Palette = type == 3 ? new byte[9] : null }).Opacity.Should().Equal(opacity);

    [Fact]
    public void AnyDamagedByte_IsRefusedOrChangesNothing()
    {
        var file = new HandMadePng(6, 4, 2, 16, [.. Enumerable.Range(0, 72).Select(i => i * 900)]);
        var bytes = file.Bytes();
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte[1, 255], Gen.Bool).Sample((at, change, cut) =>
        {
            var damaged = cut ? bytes[..at] : [.. bytes];
            if (!cut)
            {
                damaged[at] ^= change;
            }

            _folder.Bytes("damaged.png", damaged);
            FluentActions.Invoking(() => PictureFile.Decode(Path.Combine(_folder.FullName, "damaged.png"))).Should().Throw<InvalidPictureException>();
        }, iter: 400, threads: 1);
    }

    [Fact]
    public void WhatClaimsTooMuch_IsRefusedBeforeMemoryIsTaken()
    {
        foreach (var (width, height) in new[] { ((byte)16, (byte)4), ((byte)0, (byte)0) })
        {
            _folder.Bytes("huge.png", HugeClaim(width, height));
            var before = GC.GetAllocatedBytesForCurrentThread();
            FluentActions.Invoking(() => PictureFile.Decode(Path.Combine(_folder.FullName, "huge.png"))).Should().Throw<InvalidPictureException>();
            (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
        }
    }

    [Fact]
    public void AnAnimation_IsRefusedForItsReason() => FluentActions.Invoking(() => Read(new HandMadePng(1, 1, 0, 8, [0]) { Frames = 3 }))
        .Should().Throw<InvalidPictureException>().WithMessage("holds 3 frames; save the one that counts as a file of its own");

    /// <summary>A sound file of one pixel with a header of 4097×4097, or of more where the third bytes are above 0.</summary>
    private static byte[] HugeClaim(byte width, byte height)
    {
        var bytes = new HandMadePng(1, 1, 0, 8, [0]).Bytes();
        (bytes[17], bytes[18], bytes[21], bytes[22]) = (width, 16, height, 16);
        var checksum = new ICSharpCode.SharpZipLib.Checksum.Crc32();
        checksum.Update(new ArraySegment<byte>(bytes, 12, 17));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(29), (uint)checksum.Value);
        return bytes;
    }

    private Raster Read(HandMadePng file)
    {
        _folder.Bytes("picture.png", file.Bytes());
        return PictureFile.Decode(Path.Combine(_folder.FullName, "picture.png"));
    }
}
