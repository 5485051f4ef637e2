namespace SegLossBias.Experiments.Tests.Data.Pictures;

public sealed class PlacementTests
{
    [Fact]
    public void Stretched_FillsTheCanvas() => Placement.Of(FitKind.Stretch, 30, 70, 16, 24).Should().Be(new Placement(16, 24, 0, 0, 16, 24));

    [Theory]
    [InlineData(100, 200, 512, 512, 256, 512, 128, 0)]
    [InlineData(200, 100, 512, 512, 512, 256, 0, 128)]
    [InlineData(100, 100, 32, 64, 32, 32, 0, 16)]
    [InlineData(1072, 1920, 192, 192, 107, 192, 42, 0)] // 1072 · 192/1920 = 107.2
    [InlineData(1, 4000, 64, 64, 1, 64, 31, 0)]
    public void Padded_KeepsTheAspectAndIsCentred(int pictureHeight, int pictureWidth, int height, int width, int innerHeight, int innerWidth, int top, int left) =>
        Placement.Of(FitKind.Pad, pictureHeight, pictureWidth, height, width).Should().Be(new Placement(height, width, top, left, innerHeight, innerWidth));

    /// <summary>The paper's polyps: the longest side 640, padded to 512 where the other is shorter.</summary>
    [Theory]
    [InlineData(1072, 1920, 512, 640, 357, 640, 77)]
    [InlineData(600, 640, 600, 640, 600, 640, 0)]
    public void Enlarged_IsPaddedToTheSizeOfAPartAlone(int pictureHeight, int pictureWidth, int height, int width, int innerHeight, int innerWidth, int top) =>
        Placement.Enlarged(FitKind.Pad, pictureHeight, pictureWidth, 512, 512).Should().Be(new Placement(height, width, top, 0, innerHeight, innerWidth));

    [Fact]
    public void EnlargedAndStretched_IsAQuarterLargerOnBothSides() =>
        Placement.Enlarged(FitKind.Stretch, 10, 99, 64, 96).Should().Be(new Placement(80, 120, 0, 0, 80, 120));

    [Fact]
    public void Lay_PutsRowsWhereThePictureIs() =>
        new Placement(4, 3, 1, 1, 2, 2).Lay([1, 2, 3, 4], 9).Should().Equal(
            9, 9, 9,
            9, 1, 2,
            9, 3, 4,
            9, 9, 9);
}
