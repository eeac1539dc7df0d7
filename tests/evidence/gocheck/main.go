// Gocheck judges a log with golang.org/x/mod/sumdb, none of whose code is ours.
//
//	gocheck LOG-VKEY FOLDER [WITNESS-VKEY ...]
//
// FOLDER holds log/checkpoint and log/tile/..., as a bundle does or as they were fetched; where they are there also
// entries/*.dsse.json, each of which must be in the tree at its place, and checkpoints/<size>, each of which the
// tree must continue. Every witness given must have cosigned log/checkpoint.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A cosigner verifies C2SP Ed25519 cosignatures (algorithm 4), which x/mod does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(c.key, append([]byte(head), msg...), sig[8:])
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("no verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, errors.New("no key of a witness")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if hex.EncodeToString(sum[:4]) != parts[1] {
		return nil, errors.New("the key id does not belong to the key")
	}
	return &cosigner{parts[0], binary.BigEndian.Uint32(sum[:4]), key[1:]}, nil
}

// A folder of tiles. The go.sum database puts the height into the path, C2SP does not: 8 is the only one there is.
type folder struct {
	root string
	read map[string][]byte
}

func (f *folder) Height() int                     { return 8 }
func (f *folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (f *folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		data, ok := f.read[path]
		if !ok {
			var err error
			if data, err = os.ReadFile(filepath.Join(f.root, "log", path)); err != nil {
				return nil, err
			}
			f.read[path] = data
		}
		all = append(all, data)
	}
	return all, nil
}

// open verifies a checkpoint, and that all the keys, the log's first, have signed it.
func open(path string, origin string, keys ...note.Verifier) (tlog.Tree, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(keys...))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", path, err)
	}
	if len(opened.Sigs) != len(keys) {
		return tlog.Tree{}, fmt.Errorf("%s: %d of %d keys have signed", path, len(opened.Sigs), len(keys))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != origin {
		return tlog.Tree{}, fmt.Errorf("%s: not a checkpoint of %s", path, origin)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 1 { // x/mod 0.7.0 has another idea of the empty tree
		return tlog.Tree{}, fmt.Errorf("%s: no size", path)
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: hash}, err
}

func check(vkey, root string, witnesses []string) error {
	logKey, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	keys := []note.Verifier{logKey}
	for _, witness := range witnesses {
		key, err := newCosigner(witness)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	tree, err := open(filepath.Join(root, "log", "checkpoint"), logKey.Name(), keys...)
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, &folder{root, map[string][]byte{}})
	hash, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if hash != tree.Hash {
		return errors.New("the tiles have another root")
	}
	entries, err := checkEntries(root, tree, hashes)
	if err != nil {
		return err
	}
	earlier, err := checkEarlier(root, tree, hashes, logKey)
	if err != nil {
		return err
	}
	fmt.Printf("size %d, entries %d, earlier checkpoints %d, cosignatures %d\n", tree.N, entries, earlier, len(witnesses))
	return nil
}

// checkEntries proves every entry there is to be in the tree at the place its name says.
func checkEntries(root string, tree tlog.Tree, hashes tlog.HashReader) (int, error) {
	files, err := filepath.Glob(filepath.Join(root, "entries", "*.dsse.json"))
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		index, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(file), ".dsse.json"), 10, 64)
		if err != nil {
			return 0, err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(data)); err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
	}
	return len(files), nil
}

// checkEarlier proves that the tree continues every stored checkpoint, and each of these the one before it.
func checkEarlier(root string, tree tlog.Tree, hashes tlog.HashReader, key note.Verifier) (int, error) {
	files, err := filepath.Glob(filepath.Join(root, "checkpoints", "*"))
	if err != nil {
		return 0, err
	}
	var trees []tlog.Tree
	for _, file := range files {
		if strings.Contains(filepath.Base(file), ".") { // stamps and cosignatures lie beside
			continue
		}
		earlier, err := open(file, key.Name(), key)
		if err != nil {
			return 0, err
		}
		if filepath.Base(file) != strconv.FormatInt(earlier.N, 10) {
			return 0, fmt.Errorf("%s: filed under another size", file)
		}
		trees = append(trees, earlier)
	}
	sort.Slice(trees, func(a, b int) bool { return trees[a].N < trees[b].N })
	for place, earlier := range trees {
		following := append(trees[place+1:len(trees):len(trees)], tree)
		for _, later := range following {
			proof, err := tlog.ProveTree(later.N, earlier.N, hashes)
			if err != nil {
				return 0, err
			}
			if err := tlog.CheckTree(proof, later.N, later.Hash, earlier.N, earlier.Hash); err != nil {
				return 0, fmt.Errorf("from %d to %d: %w", earlier.N, later.N, err)
			}
		}
	}
	return len(trees), nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "gocheck LOG-VKEY FOLDER [WITNESS-VKEY ...]")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
