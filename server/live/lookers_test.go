package live

import (
	"slices"
	"testing"
	"time"
)

func TestN5WhoLooksAtAChannelIsKnownForAWhile(t *testing.T) {
	now := time.Now()
	stays := 10 * time.Minute
	l := NewLookers(func() time.Time { return now }, func() time.Duration { return stays })
	l.Look("anna", "town")
	if _, known := l.At("town", 5); known {
		t.Error("known before everybody can have asked")
	}
	now = now.Add(stays)
	l.Look("bob", "town")
	l.Look("cleo", "hall")
	if users, known := l.At("town", 5); !known || len(users) != 2 || !slices.Contains(users, "anna") || !slices.Contains(users, "bob") {
		t.Errorf("%q %v", users, known)
	}
	if _, known := l.At("town", 1); known {
		t.Error("told one by one although they are many")
	}
	now = now.Add(time.Second)
	if users, _ := l.At("town", 5); !slices.Equal(users, []string{"bob"}) {
		t.Errorf("%q look still", users)
	}
	l.Look("bob", "hall")
	l.Gone("bob", "town")
	if users, _ := l.At("town", 5); len(users) != 0 {
		t.Errorf("%q have left", users)
	}
	l.Gone("bob", "")
	if users, _ := l.At("hall", 5); !slices.Equal(users, []string{"cleo"}) {
		t.Errorf("%q look still", users)
	}
	if users, known := l.At("nowhere", 5); !known || len(users) != 0 {
		t.Errorf("%q %v", users, known)
	}
}
