using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

/// <summary>Folders of volumes that were read wrongly once, with what is right.</summary>
public sealed class FoundVolumesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _leftOut = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnSformUnlikePixdim_GivesTheSpacingAndIsNoted()
    {
        using var splits = FoundCases.Load("v-pix", _leftOut, 2, 2, 2);
        _leftOut.Should().BeEmpty();
        splits.Find()!.SpacingMm.Should().Equal(3, 0.5, 0.5);
        splits.Find("a")!.SpacingMm.Should().Equal(3, 1, 1);
        splits.Notes.Should().HaveCount(2).And.OnlyContain(note => note.EndsWith("nii.gz: its sform has voxels of 3×0.5×0.5 mm, its pixdim of 1×1×1 mm; the sform counts"));
    }

    [Fact]
    public void ALabelMapElsewhere_IsLeftOut()
    {
        using var splits = FoundCases.Load("v-origin", _leftOut, 2, 2, 2);
        splits.Find().Should().BeNull();
        _leftOut.Should().ContainSingle().Which.Should().Be(
            Path.Combine(FoundCases.Folder("v-origin"), "t_ct.nii.gz") + ": its first voxel lies at (0 0 0) mm, but that of its label map at (50 -20 7) mm;"
            + " resample one to the other, or give both the same affine if only the header is wrong");
    }

    [Fact]
    public void LabelsStoredInStepsOfASlope_AreTheNearestWholeNumbers()
    {
        using var splits = FoundCases.Load("v-scaled", _leftOut, 2, 2, 2);
        _leftOut.Should().BeEmpty();
        splits.Find()!.Labels.Bytes().Distinct().Order().Should().Equal(0, 1, 2);
        splits.Classes.Should().Equal("background", "class 1", "class 2");
    }

    [Theory]
    [InlineData(2.0 / 255, 0, 127, 1)] // 0.99607843
    [InlineData(0.5, 0, 6, 3)]
    [InlineData(2, 1, 3, 7)]
    [InlineData(2.0 / 255, 0, 64, -1)] // 0.50196 is no whole number within 0.0039
    [InlineData(0.9, 0, 5, -1)] // 4.5 is further than 0.45 from 4 and 5
    [InlineData(1, 0.25, 3, -1)]
    public void OnlyOneWholeNumberWithinHalfASlope_IsALabel(double slope, double intercept, double stored, int label)
    {
        (HandMadeNifti.Of(NiftiType.UInt8, [3, 1, 1, 1], [stored]) with { Slope = slope, Intercept = intercept }).Save(_folder["l.nii"]);
        var (header, values) = NiftiFile.Read(_folder["l.nii"]);
        var read = () => new VolumeLabels(255, 255).Of(values, header);
        if (label < 0)
        {
            read.Should().Throw<InvalidVolumeException>();
        }
        else
        {
            read().Should().Equal((byte)label);
        }
    }

    [Theory]
    [InlineData(0, 0, "3×2×1", "")]
    [InlineData(0, 1, "3×2×1", "(0 1 0)(-1 0 0)(0 0 1)")]
    [InlineData(1, 1, "7×6×5", "(1 0 0)(0 1 0)(0 0 1)")]
    public void OneAffineCounts_SformThenQformThenPixdim(int sform, int qform, string spacing, string axes)
    {
        (new HandMadeNifti
        {
            Dim = [3, 1, 1, 1], Pixdim = [1, 1, 2, 3], Affine = [5, 0, 0, 0, 0, 6, 0, 0, 0, 0, 7, 0], AffineCode = sform,
            Quaternion = [0, 0, Math.Sqrt(0.5)], QuaternionCode = qform,
        }).Save(_folder["v.nii"]);
        var geometry = NiftiFile.ReadHeader(_folder["v.nii"]).Geometry;
        NiftiGeometry.Text(geometry.SpacingMm).Should().Be(spacing);
        string.Concat((geometry.Axes ?? []).Select(NiftiGeometry.Text)).Should().Be(axes);
    }

    [Theory]
    [InlineData(new[] { 1.0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0 }, null)]
    [InlineData(new[] { 1.0, 0, 0, 4, 0, 2, 0, 0, 0, 0, 3, 0 }, "its sform and its qform place the voxels differently; the sform counts")]
    [InlineData(new[] { -1.0, 0, 0, 0, 0, -2, 0, 0, 0, 0, 3, 0 }, "its sform and its qform place the voxels differently; the sform counts")]
    [InlineData(new[] { 1.0, 0, 0.3, 0, 0, 2, 0, 0, 0, 0, 2.98496231, 0 }, "the axes of its sform are not at right angles; distances are measured as if they were")]
    public void TwoGeometriesInOneFile_AreNoted(double[] affine, string? note)
    {
        (new HandMadeNifti
        {
            Pixdim = [1, 1, 2, 3], Affine = affine, AffineCode = 1, Quaternion = [0, 0, 0], QuaternionCode = note?.Contains("right angles") == true ? 0 : 1,
        }).Save(_folder["v.nii"]);
        NiftiFile.ReadHeader(_folder["v.nii"]).Geometry.Disagreement.Should().Be(note);
    }

    [Theory]
    [InlineData(0.0005, false)]
    [InlineData(0.002, true)]
    public void SpacingsOfMicrometres_AreComparedByTheirShare(double share, bool differ)
    {
        double[] affine = [0.3, 0, 0, 0, 0, 0.3, 0, 0, 0, 0, 0.3 * (1 + share), 0];
        new HandMadeNifti { Pixdim = [1, 0.3, 0.3, 0.3], Units = 3, Affine = affine, AffineCode = 1 }.Save(_folder["v.nii"]);
        (NiftiFile.ReadHeader(_folder["v.nii"]).Geometry.Disagreement is not null).Should().Be(differ);
    }

    [Fact]
    public void AnNnUNetFolder_IsKnownAndRead()
    {
        DataLayouts.Guess(FoundCases.Folder("v-nnunet")).Name.Should().Be("NnUNet");
        using var splits = FoundCases.Load("v-nnunet", _leftOut, 2, 2, 2);
        _leftOut.Should().BeEmpty();
        splits.Classes.Should().Equal("background", "organ");
        splits.Train.Concat(splits.Validation).Select(item => item.Name).Should().BeEquivalentTo("a", "b", "c");
        splits.Origin.Should().StartWith("a seeded 20 % of imagesTr/ held out for validation (seed 1); CT: ");
        (splits.Channels, splits.IgnoreIndex).Should().Be((1, null));
        splits.Find("a")!.Labels.Bytes().Should().Equal(Enumerable.Range(0, 64).Select(i => (byte)(i % 4 / 2)));
    }

    [Fact]
    public void AnNnUNetFolder_HasChannelsInOrderAnIgnoredLabelAndTestCases()
    {
        foreach (var name in (string[])["Tr/a", "Tr/b", "Tr/c", "Ts/d"])
        {
            NnUNetCase(name, channels: 2);
        }

        NnUNetCase("Tr/single", channels: 1);
        HandMadeNifti.Of(NiftiType.Int16, [3, 4, 1, 1], [1, 2, 3, 4]).Save(_folder["imagesTr/a_0007.nii"]);
        Describe("""{ "background": 0, "tumour": 2, "oedema": 1, "ignore": 3 }""");
        using var splits = Load();
        splits.Classes.Should().Equal("background", "oedema", "tumour");
        splits.IgnoreIndex.Should().Be(255);
        splits.Find("a")!.Labels.Bytes().Should().Equal(0, 1, 2, 255);
        splits.Find("a")!.Image.shape.Should().Equal(2, 1, 1, 4);
        splits.Test.Select(item => item.Name).Should().Equal("d");
        _leftOut.Should().BeEquivalentTo(
            $"{_folder["imagesTr", "a_0007.nii"]}: no label map of that name, or a channel that dataset.json does not name",
            $"{_folder["imagesTr", "single_0001.nii"]}: there is no such file");
    }

    [Theory]
    [InlineData("""{ "background": 0, "whole": [1, 2] }""", ".nii", "*dataset.json: the label whole is a region of several numbers; only one number per label can be read")]
    [InlineData("""{ "background": 0, "organ": 2 }""", ".nii", "*labels must be numbered from 0 without a gap, ignore last, but organ is 2")]
    [InlineData("""{ "background": 0, "organ": 1, "ignore": 5 }""", ".nii", "*labels must be numbered from 0 without a gap, ignore last, but ignore is 5")]
    [InlineData("""{ "background": 0, "organ": "one" }""", ".nii", "*the label organ has no whole number, but \"one\"; *")]
    [InlineData("""{ "background": 0, "organ": 1 }""", ".png", "*'file_ending' is '.png', but only .nii.gz and .nii can be read; convert the files to NIfTI")]
    public void AnNnUNetDescriptionThatDoesNotHold_IsAnError(string labels, string ending, string message)
    {
        NnUNetCase("Tr/a", channels: 2);
        Describe(labels, ending);
        FluentActions.Invoking(Load).Should().Throw<UserError>().WithMessage(message);
    }

    [Theory]
    [InlineData(new double[] { 0, 1, 40, 255 }, new double[] { 0, 1, 1, 1 }, 41, 255L, new byte[] { 0, 1, 40, 255 })]
    [InlineData(new double[] { 0, 255, 255, 0 }, new double[] { 0, 0, 0, 255 }, 2, null, new byte[] { 0, 1, 1, 0 })]
    public void Label255_IsIgnoredBesideClassNumbers_AndForegroundAlone(double[] tested, double[] other, int classes, long? ignored, byte[] expected)
    {
        NiftiCase("t", tested);
        foreach (var name in (string[])["a", "b", "c"])
        {
            NiftiCase(name, other);
        }

        using var splits = Load();
        (splits.Classes.Count, splits.IgnoreIndex).Should().Be((classes, ignored));
        splits.Find()!.Labels.Bytes().Should().Equal(expected);
    }

    [Fact]
    public void ClassNumbersBesideMapsOf0And255_AreAnErrorUnlessClassesAreNamed()
    {
        foreach (var (name, label) in (ReadOnlySpan<(string, double)>)[("a", 1), ("b", 255), ("c", 1), ("d", 1)])
        {
            NiftiCase(name, [0, 0, 0, label]);
        }

        FluentActions.Invoking(Load).Should().Throw<UserError>().WithMessage(
            "*: 3 masks hold class numbers, such as *_gt.nii, and 1 hold 0 and 255, such as b_gt.nii; all must be of one kind, or name the classes in classes.txt, one a line: then 255 is ignored");
        File.WriteAllText(_folder["classes.txt"], "background\nlesion\n");
        using var splits = Load();
        splits.Classes.Should().Equal("background", "lesion");
        (splits.IgnoreIndex, splits.Find("b")!.Labels.Bytes()[3]).Should().Be((255L, (byte)255));
    }

    [Fact]
    public void NamedClassesWithMapsOf0And255_AreAnErrorWithAHint()
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            NiftiCase(name, [0, 0, 255, 255]);
        }

        File.WriteAllText(_folder["classes.txt"], "background\nlesion\n");
        FluentActions.Invoking(Load).Should().Throw<UserError>().WithMessage(
            "*no label map to train on has any foreground; classes.txt names classes, so 255 is ignored: leave it out where masks hold 0 and 255");
    }

    [Theory]
    [InlineData("", "* names 0 classes; 2 to 255 are possible, one a line, class 0 first")]
    [InlineData("a\nb\na\n", "* names a class twice; every line must name another")]
    public void AListOfClassesThatDoesNotHold_IsAnError(string text, string message)
    {
        NiftiCase("a", [0, 0, 0, 1]);
        File.WriteAllText(_folder["classes.txt"], text);
        FluentActions.Invoking(Load).Should().Throw<UserError>().WithMessage(message);
    }

    private CaseSplits Load() =>
        DataLayouts.Load(VolumeSettings.Of(size: [2, 2, 2]) with { Data = _folder.Path, Layout = DataLayouts.Guess(_folder.Path).Name }, _leftOut);

    private void NiftiCase(string name, double[] labels)
    {
        HandMadeNifti.Of(NiftiType.Int16, [3, 4, 1, 1], [1, 2, 3, 4]).Save(_folder[$"{name}_ct.nii"]);
        HandMadeNifti.Of(NiftiType.UInt8, [3, 4, 1, 1], labels).Save(_folder[$"{name}_gt.nii"]);
    }

    private void NnUNetCase(string name, int channels)
    {
        for (var channel = 0; channel < channels; channel++)
        {
            HandMadeNifti.Of(NiftiType.Int16, [3, 4, 1, 1], [1, 2, 3, 4 + channel]).Save(_folder[$"images{name}_000{channel}.nii"]);
        }

        HandMadeNifti.Of(NiftiType.UInt8, [3, 4, 1, 1], [0, 1, 2, 3]).Save(_folder[$"labels{name}.nii"]);
    }

    private void Describe(string labels, string ending = ".nii") => File.WriteAllText(_folder["dataset.json"],
        $$"""{ "channel_names": { "1": "PET", "0": "CT" }, "labels": {{labels}}, "numTraining": 3, "file_ending": "{{ending}}" }""");
}
