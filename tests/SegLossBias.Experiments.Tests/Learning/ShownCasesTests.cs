using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

public sealed class ShownCasesTests
{
    /// <summary>Red, green and blue of two pixels.</summary>
    private static readonly float[] Deep = [0, 255, 51.2f, 0, 102, 0];

    [Fact]
    public void Pictures_AreShownAtSpreadRanks_WithTheirValues()
    {
        using var folder = new TemporaryFolder();
        using var data = Splits(Enumerable.Range(0, 12).Reverse().Select(size => Picture($"size {size}", size)));
        var shown = new ShownCases(data);
        shown.Write(folder.Path);

        var list = ResultFolder.Read<ShownCase[]>(folder["shown", "shown.json"]);
        list.Should().Equal(Enumerable.Range(0, 6).Select(rank => new ShownCase($"size {(2 * rank) + 1}", null)));
        Grey(folder["shown", "01-truth.png"]).Should().Equal(1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 255);
        using var image = SKBitmap.Decode(folder["shown", "01-image.png"]);
        (image.Width, image.Height).Should().Be((4, 3));
        image.GetPixel(1, 2).Should().Be(new SKColor(9, 21, 33));
        Directory.GetFiles(folder["shown"]).Should().HaveCount(13);
    }

    [Fact]
    public void Masks_AreWrittenForShownCasesAlone()
    {
        using var folder = new TemporaryFolder();
        using var data = Splits(Enumerable.Range(0, 12).Select(size => Picture($"size {size}", size)));
        var shown = new ShownCases(data);
        using var logits = zeros(3, 3, 4);
        logits[2, 1, 0] = 1;
        logits[1, 2, 3] = 1;
        foreach (var item in data.Validation)
        {
            shown.WriteMask(folder.Path, item, logits);
        }

        Directory.GetFiles(folder["masks"]).Select(Path.GetFileName).Order()
            .Should().Equal("00.png", "01.png", "02.png", "03.png", "04.png", "05.png");
        Grey(folder["masks", "05.png"]).Should().Equal(0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1);
    }

    [Fact]
    public void Volumes_AreShownByTheSliceWithMostForeground()
    {
        using var folder = new TemporaryFolder();
        var labels = zeros(3, 2, 2, ScalarType.Byte);
        labels[0, 0, 0] = 1;
        labels[1, 0, 1] = 2;
        labels[1, 1, 1] = 1;
        labels[2] = 255;
        var image = arange(24, ScalarType.Float32).view(2, 3, 2, 2) - 100;
        using var data = Splits([new Case("volume", image, labels, [1, 1, 1])]);
        var shown = new ShownCases(data);
        shown.Write(folder.Path);
        shown.WriteMask(folder.Path, data.Validation[0], stack([zeros(3, 2, 2), labels.to(ScalarType.Float32)]));

        ResultFolder.Read<ShownCase[]>(folder["shown", "shown.json"]).Should().Equal(new ShownCase("volume", 1));
        Grey(folder["shown", "00-image.png"]).Should().Equal(0, 85, 170, 255);
        Grey(folder["shown", "00-truth.png"]).Should().Equal(0, 2, 0, 1);
        Grey(folder["masks", "00.png"]).Should().Equal(0, 1, 0, 1);
    }

    [Fact]
    public void WithoutABackground_TheLargestClassTakesItsPlace()
    {
        using var folder = new TemporaryFolder();
        using var data = Splits(Enumerable.Range(0, 11).Reverse().Select(size => Picture($"size {size}", size, rest: 2))) with { Classes = ["one", "two", "three"] };
        new ShownCases(data).Write(folder.Path);
        ResultFolder.Read<ShownCase[]>(folder["shown", "shown.json"])
            .Should().Equal(Enumerable.Range(0, 6).Select(rank => new ShownCase($"size {2 * rank}", null)));
    }

    [Fact]
    public void AConstantSlice_IsBlack()
    {
        using var folder = new TemporaryFolder();
        using var data = Splits([new Case("flat", full([1, 1, 2, 2], 7f), zeros(1, 2, 2, ScalarType.Byte), [1, 1, 1])]);
        new ShownCases(data).Write(folder.Path);
        Grey(folder["shown", "00-image.png"]).Should().Equal(0, 0, 0, 0);
    }

    [Fact]
    public void ADeepColourPicture_IsShownInColour()
    {
        using var folder = new TemporaryFolder();
        using var data = Splits([new Case("deep", tensor(Deep, [3, 1, 2]), zeros(1, 2, ScalarType.Byte), [1, 1])]);
        new ShownCases(data).Write(folder.Path);
        using var image = SKBitmap.Decode(folder["shown", "00-image.png"]);
        (image.GetPixel(0, 0), image.GetPixel(1, 0)).Should().Be((new SKColor(0, 51, 102), new SKColor(255, 0, 0)));
    }

    [Fact]
    public void WhatIsThere_IsNotWrittenAgain()
    {
        using var folder = new TemporaryFolder();
        using var data = Splits([Picture("picture", 2)]);
        new ShownCases(data).Write(folder.Path);
        File.Delete(folder["shown", "00-truth.png"]);
        new ShownCases(data).Write(folder.Path);
        File.Exists(folder["shown", "00-truth.png"]).Should().Be(false, "the list is there");
    }

    private static CaseSplits Splits(IEnumerable<Case> validation) =>
        new([], [.. validation], [], ["background", "one", "two"], 255, "made for a test");

    /// <summary>3×4 RGB pixels 0..35, the first of them of class 1, the last one ignored.</summary>
    private static Case Picture(string name, int size, byte rest = 0)
    {
        var labels = Enumerable.Range(0, 12).Select(i => i == 11 ? (byte)255 : i < size ? (byte)1 : rest).ToArray();
        var image = Enumerable.Range(0, 36).Select(i => (byte)i).ToArray();
        return new Case(name, tensor(image, [3, 3, 4]), tensor(labels, [3, 4]), [1, 1]);
    }

    private static byte[] Grey(string path)
    {
        using var codec = SKCodec.Create(path);
        codec.Info.ColorType.Should().Be(SKColorType.Gray8);
        using var bitmap = SKBitmap.Decode(codec, codec.Info);
        return [.. Enumerable.Range(0, bitmap.Height).SelectMany(y => bitmap.GetPixelSpan().Slice(y * bitmap.RowBytes, bitmap.Width).ToArray())];
    }
}
